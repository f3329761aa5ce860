import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Kills the process; its data is lost, as nothing is written to disk. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
}

/** A real Redis on a free port of the loopback, without persistence; over TLS if it is given a certificate. */
export async function startRedisServer(...options: string[]): Promise<RedisServer> {
  const port = await findFreePort();
  let child = await spawnRedis(port, options);
  return {
    port,
    url: `${overTls(options) ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    async restart() {
      child = await spawnRedis(port, options);
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

function overTls(options: readonly string[]): boolean {
  return options.includes('--tls-cert-file');
}

async function spawnRedis(port: number, options: readonly string[]): Promise<ChildProcess> {
  const listen = overTls(options) ? ['--port', '0', '--tls-port'] : ['--port'];
  const args = [...listen, String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', [...args, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    log += chunk;
    if (log.includes('Ready to accept connections')) {
      child.stdout.resume();
      return child;
    }
  }
  throw new Error(`redis-server did not start:\n${log}`);
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Sends one command by hand and waits for the first bytes of its answer. */
export async function sendTo(server: RedisServer, command: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer);
}

export interface RedisAddress {
  readonly url: string;
  /** Cuts every connection and leads new ones to `server`, as a virtual address does in a failover. */
  moveTo(server: RedisServer): void;
  close(): Promise<void>;
}

/** An address that leads to one server after another. */
export async function openRedisAddress(first: RedisServer): Promise<RedisAddress> {
  let target = first;
  const sockets = new Set<Socket>();
  const listener = createServer((inbound) => {
    const outbound = connect(target.port, '127.0.0.1');
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `redis://127.0.0.1:${address.port}`,
    moveTo(server) {
      target = server;
      cut();
    },
    async close() {
      listener.close();
      cut();
      await once(listener, 'close');
    },
  };
}
