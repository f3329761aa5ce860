import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD } from '../../places.ts';
import { grpcOverHttp1 } from '../../protocols/grpc-over-http1.ts';
import type { Stage, Subject } from '../../subject.ts';

/** nginx with `grpc_pass`: native, passes the bytes on and understands none of them. */
export const nginx: Subject = {
  name: 'nginx',
  protocol: grpcOverHttp1,
  commands: {
    gateway(stage) {
      const directory = join(BUILD, 'nginx');
      mkdirSync(directory, { recursive: true });
      const file = join(directory, 'nginx.conf');
      writeFileSync(file, configure(stage, directory));
      return { program: 'nginx', args: ['-p', directory, '-e', 'stderr', '-c', file] };
    },
  },
};

function configure({ port, backendPort }: Stage, directory: string): string {
  return `
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  upstream backend {
    server 127.0.0.1:${backendPort};
    # nginx never has two requests on one HTTP/2 connection, so one for each of the callers'.
    keepalive 128;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / { grpc_pass grpc://backend; }
  }
}
`;
}
