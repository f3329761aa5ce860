import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { Calls } from './calls.ts';
import { serviceDefinition } from './definitions.ts';
import { buildDescriptorSet } from './descriptor-set.ts';
import type { BackendOptions } from './options.ts';
import { reflectionService } from './reflection.ts';
import { ReflectionIndex } from './reflection-index.ts';
import { reportNothing, reportToStdout } from './report.ts';

const HEALTH = 'grpc.health.v1.Health';
const REFLECTIONS = [
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

/** How long calls may go on after `close`, in milliseconds. */
const DRAIN_MS = 2_000;

export interface Backend {
  /** Short name for the readiness line, for example `market`. */
  readonly name: string;
  /** Full name of the service, for example `market.v1.QuoteService`. */
  readonly service: string;
  implement(calls: Calls): UntypedServiceImplementation;
}

export interface RunningBackend {
  /** `host:port` */
  readonly address: string;
  close(): Promise<void>;
}

/** A gRPC server with the backend's service, `grpc.health.v1` and reflection. */
export async function serve(backend: Backend, options: BackendOptions): Promise<RunningBackend> {
  const calls = new Calls(options.report ? reportToStdout : reportNothing);
  const quiet = new Calls(reportNothing);
  const server = new Server();
  server.addService(serviceDefinition(backend.service), backend.implement(calls));
  const health = new HealthImplementation({ '': 'SERVING', [backend.service]: 'SERVING' });
  health.addToServer(server);
  const index = new ReflectionIndex(await buildDescriptorSet());
  const services = [backend.service, HEALTH, ...REFLECTIONS];
  for (const name of REFLECTIONS) {
    server.addService(serviceDefinition(name), reflectionService(quiet, index, services));
  }
  const port = await listen(server, `${options.host}:${options.port}`);
  return {
    address: `${options.host}:${port}`,
    async close() {
      health.setStatus('', 'NOT_SERVING');
      health.setStatus(backend.service, 'NOT_SERVING');
      await within(DRAIN_MS, calls.drain());
      await within(
        DRAIN_MS / 10,
        new Promise<void>((resolve) => server.tryShutdown(() => resolve())),
      );
      // Health watches and reflection streams have no end of their own.
      server.forceShutdown();
    },
  };
}

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(new Error(`Cannot listen on ${address}: ${error.message}`));
      else resolve(port);
    });
  });
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
