import { setTimeout as sleep } from 'node:timers/promises';
import { createRegistry, type DescMethod } from '@bufbuild/protobuf';
import type { Method, ProcedureType } from '../../src/contract/method.ts';
import { WeirError } from '../../src/errors.ts';
import type { Call } from '../../src/pipeline/call.ts';
import type { StreamHandler, UnaryHandler } from '../../src/pipeline/middleware.ts';
import type { StreamItem } from '../../src/pipeline/reply.ts';
import type { Procedure, ProcedureTable } from '../../src/procedures/procedure.ts';

/** What the handlers of a sample table saw. */
export interface SampleLog {
  readonly calls: Call[];
  /** Paths of calls whose cancellation reached the handler. */
  readonly cancelled: string[];
  /** Items that sources were asked for, by path. */
  readonly pulled: Map<string, number>;
}

export interface SampleTable {
  readonly table: ProcedureTable;
  readonly log: SampleLog;
  /** Resolves when `test` holds; polled after every event a handler records. */
  until(test: (log: SampleLog) => boolean): Promise<void>;
}

/** Handlers in process that show every way a call can go. */
export function createSampleTable(): SampleTable {
  const log: SampleLog = { calls: [], cancelled: [], pulled: new Map() };
  const waiting = new Set<() => void>();
  const notice = () => {
    for (const check of [...waiting]) check();
  };
  const table = new Map<string, Procedure>();

  function record(call: Call): void {
    log.calls.push(call);
    call.cancellation.onCancel(() => {
      log.cancelled.push(call.method.path);
      notice();
    });
    notice();
  }

  function unary(path: string, type: 'query' | 'mutation', handle: UnaryHandler): void {
    table.set(path, {
      type,
      method: sampleMethod(path, type),
      handle: (call) => {
        record(call);
        return handle(call);
      },
    });
  }

  function stream(path: string, handle: StreamHandler): void {
    table.set(path, {
      type: 'subscription',
      method: sampleMethod(path, 'subscription'),
      handle: async function* counted(call) {
        record(call);
        for await (const item of handle(call)) {
          log.pulled.set(path, (log.pulled.get(path) ?? 0) + 1);
          notice();
          yield item;
        }
      },
    });
  }

  const echo: UnaryHandler = async ({ input }) => ({
    json: JSON.stringify({ input: input ?? null, text: 'käse ✓' }),
    headers: [],
  });
  const fail: UnaryHandler = async ({ input }) => {
    throw toSampleError(input);
  };
  const hang: UnaryHandler = ({ cancellation }) =>
    new Promise((_, reject) => {
      cancellation.onCancel(reject);
    });

  unary('sample.v1.echo.get', 'query', echo);
  unary('sample.v1.echo.put', 'mutation', echo);
  unary('sample.v1.fail.get', 'query', fail);
  unary('sample.v1.fail.put', 'mutation', fail);
  unary('sample.v1.hang.get', 'query', hang);
  unary('sample.v1.hang.put', 'mutation', hang);
  unary('sample.v1.crash.get', 'query', () => {
    throw new TypeError('a secret of the gateway');
  });
  unary('sample.v1.headers.get', 'query', async () => ({
    json: '"ok"',
    headers: [
      ['x-served-by', 'sample-1'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
  }));
  unary('sample.v1.slow.get', 'query', async ({ input }) => {
    await sleep(typeof input === 'number' ? input : 1);
    return { json: JSON.stringify(input ?? null), headers: [] };
  });
  unary('sample.v1.who.get', 'query', async ({ headers }) => ({
    json: JSON.stringify({
      authorization: headers.authorization ?? null,
      forwarded: headers['x-forwarded-for'] ?? null,
    }),
    headers: [],
  }));
  stream('sample.v1.count.watch', async function* count({ input }) {
    for (let n = 1; n <= toLength(input); n += 1) yield { json: `{"n":${n}}` };
  });
  stream('sample.v1.tracked.watch', async function* tracked({ input, lastEventId }) {
    const from = Number(lastEventId ?? 0);
    for (let n = from + 1; n <= toLength(input); n += 1) yield { json: `{"n":${n}}`, id: `${n}` };
  });
  stream('sample.v1.mixed.watch', async function* mixed() {
    yield { json: '"a"' };
    yield { json: '"b"', id: '7' };
    yield { json: '"c"' };
  });
  stream('sample.v1.endless.watch', async function* endless({ input, cancellation }) {
    const json = JSON.stringify('x'.repeat(toLength(input)));
    while (!cancellation.cancelled) yield { json };
  });
  stream(
    'sample.v1.silent.watch',
    async function* silent({ cancellation }): AsyncGenerator<StreamItem> {
      await new Promise((_, reject) => cancellation.onCancel(reject));
    },
  );
  stream('sample.v1.oneThenSilent.watch', async function* one({ cancellation }) {
    yield { json: '{"n":1}', id: '1' };
    await new Promise((_, reject) => cancellation.onCancel(reject));
  });
  stream('sample.v1.cut.watch', async function* cut({ input }) {
    yield { json: '{"n":1}' };
    throw toSampleError(input);
  });
  stream('sample.v1.refused.watch', (call) => {
    throw toSampleError(call.input);
  });
  stream('sample.v1.badId.watch', async function* badId() {
    yield { json: '1', id: 'x\n\ndata: forged' };
  });

  return {
    table,
    log,
    until: (test) =>
      new Promise((resolve) => {
        const check = () => {
          if (!test(log)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}

function toLength(input: unknown): number {
  return typeof input === 'object' &&
    input !== null &&
    'length' in input &&
    typeof input.length === 'number'
    ? input.length
    : 3;
}

/** An error of the code the input names, with all a gRPC error can carry. */
function toSampleError(input: unknown): WeirError {
  const code =
    typeof input === 'object' && input !== null && 'code' in input ? input.code : 'NOT_FOUND';
  switch (code) {
    case 'RESOURCE_EXHAUSTED':
      return new WeirError(code, 'Too fast.', { retryAfterMs: 1500 });
    case 'UNAVAILABLE':
    case 'UNIMPLEMENTED':
    case 'DEADLINE_EXCEEDED':
    case 'INTERNAL':
    case 'CANCELLED':
      return new WeirError(code, `It ended with ${code}.`, { origin: 'backend' });
    default:
      return new WeirError('NOT_FOUND', 'No such thing.', {
        origin: 'backend',
        details: [
          { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'GONE', domain: 'sample' },
        ],
      });
  }
}

function sampleMethod(path: string, procedureType: ProcedureType): Method {
  const fake: Pick<DescMethod, 'kind' | 'name' | 'localName'> & { input: { fields: [] } } = {
    kind: 'rpc',
    name: path,
    localName: path,
    input: { fields: [] },
  };
  return {
    path,
    rpcPath: `/${path}`,
    kind: procedureType === 'subscription' ? 'serverStreaming' : 'unary',
    procedureType,
    idempotency: procedureType === 'query' ? 'noSideEffects' : 'unknown',
    // The fronts read nothing of the descriptor but the names of the input's fields.
    descriptor: fake as unknown as DescMethod,
    types: createRegistry(),
    policy: {
      access: undefined,
      rateLimit: undefined,
      timeoutMs: undefined,
      retry: undefined,
      hedging: undefined,
      priority: 'default',
      fallback: undefined,
      cache: undefined,
      stream: undefined,
    },
    upstream: 'sample',
    comment: '',
    deprecated: false,
  };
}
