// One backend of the chaos test as a process; see `backend-process.ts` for what is told to it and read from it.
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { HealthImplementation } from 'grpc-health-check';
import { portOf } from '../support/port-of.ts';
import { createBackendCredentials, readIdentity } from './backend-credentials.ts';
import type { Arrivals, Misbehaviour } from './misbehaviour.ts';

const STEP_MS = 100;

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'desk' },
    /** A file to which the id of each order that is executed is added. */
    ledger: { type: 'string', default: '' },
    /** A `BackendIdentity` in JSON; without one it serves without TLS. */
    identity: { type: 'string' },
  },
});

let misbehaviour: Misbehaviour = { slowMs: 0, failingShare: 0, health: 'SERVING' };
const arrivals: Arrivals = { reads: 0, orders: 0, streams: 0 };

const health = new HealthImplementation({ '': 'SERVING' });

const read: handleUnaryCall<object, object> = (_, answer) => {
  arrivals.reads += 1;
  misbehave(
    () => answer({ code: status.UNAVAILABLE, details: 'failing on purpose' }),
    () => answer(null, { servedBy: values.name }),
  );
};

const place: handleUnaryCall<{ orderId: string }, object> = ({ request }, answer) => {
  arrivals.orders += 1;
  misbehave(
    () => answer({ code: status.UNAVAILABLE, details: 'failing on purpose' }),
    () => {
      // Synchronous, so that what was executed is known even of a process that is killed in the next moment.
      appendFileSync(values.ledger, `${request.orderId}\n`);
      answer(null, { executedBy: values.name });
    },
  );
};

const watch: handleServerStreamingCall<{ afterSequence?: string }, object> = (call) => {
  arrivals.streams += 1;
  misbehave(
    () => call.emit('error', { code: status.UNAVAILABLE, details: 'failing on purpose' }),
    () => sendSequences(call),
  );
};

function misbehave(fail: () => void, serve: () => void): void {
  const act = Math.random() < misbehaviour.failingShare ? fail : serve;
  if (misbehaviour.slowMs === 0) act();
  else setTimeout(act, misbehaviour.slowMs);
}

function sendSequences(call: ServerWritableStream<{ afterSequence?: string }, object>): void {
  const now = () => Math.floor(Date.now() / STEP_MS);
  let last = Number(call.request.afterSequence ?? now());
  const timer = setInterval(() => {
    while (last < now()) {
      last += 1;
      call.write({ sequence: String(last) });
    }
  }, STEP_MS);
  call.on('cancelled', () => clearInterval(timer));
  call.on('close', () => clearInterval(timer));
}

const root = join(import.meta.dirname, '..', '..');
const definition = loadSync('chaos/v1/desk_service.proto', {
  includeDirs: [join(import.meta.dirname, 'proto'), join(root, 'proto')],
  longs: String,
})['chaos.v1.DeskService'];
if (definition === undefined || 'format' in definition) throw new Error('no chaos.v1.DeskService');

const tls =
  values.identity === undefined
    ? undefined
    : createBackendCredentials(readIdentity(JSON.parse(values.identity)));
const server = new Server();
server.addService(definition, { Read: read, Place: place, Watch: watch });
health.addToServer(server);
const port = await new Promise<number>((resolve, reject) => {
  const credentials = tls?.credentials ?? ServerCredentials.createInsecure();
  server.bindAsync('127.0.0.1:0', credentials, (error, bound) => {
    if (error) reject(error);
    else resolve(bound);
  });
});

/** The side door, which the gateway knows nothing of. */
const control = createServer(async (request, response) => {
  response.end(JSON.stringify(await obey(request)));
});

async function obey(request: IncomingMessage): Promise<object> {
  switch (request.url) {
    case '/misbehave':
      misbehaviour = { ...misbehaviour, ...(await readMisbehaviour(request)) };
      health.setStatus('', misbehaviour.health);
      return misbehaviour;
    case '/identity':
      tls?.present(readIdentity(await json(request)));
      return {};
    case '/goaway':
      server.drain(`127.0.0.1:${port}`, 1_000);
      return {};
    default:
      return arrivals;
  }
}

async function readMisbehaviour(request: IncomingMessage): Promise<Partial<Misbehaviour>> {
  const body: unknown = await json(request);
  if (typeof body !== 'object' || body === null) throw new Error('expected an object');
  return body;
}

control.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ listening: port, control: portOf(control) }));
});
process.on('SIGTERM', () => process.exit(0));
// An orphan is adopted by another process, so its parent's id changes.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, 250).unref();
