import { type AnyTRPCRouter, initTRPC, TRPCError, tracked } from '@trpc/server';
import { WeirError } from '../errors.ts';
import { Cancellation } from '../lib/cancellation.ts';
import type { Call, Peer, Wire } from '../pipeline/call.ts';
import { toErrorShape, toRefusalShape, toTrpcCode } from './error-shape.ts';
import type { Procedure, ProcedureTable } from './procedure.ts';
import { toResumePoint } from './resume-point.ts';

/** What a call needs to know of its caller; `createRouterContext` makes one. */
export interface RouterContext {
  readonly requestId: string;
  readonly wire: Wire;
  readonly headers: Call['headers'];
  readonly peer: Peer;
  /** Collects the headers of every reply, for {@link routerResponseMeta}. */
  readonly responseHeaders: (readonly [name: string, value: string])[];
}

export function createRouterContext(caller: Omit<RouterContext, 'responseHeaders'>): RouterContext {
  return { ...caller, responseHeaders: [] };
}

export interface RouterOptions {
  /** tRPC's own options for subscriptions over SSE, used by its official adapters. */
  readonly sse?: {
    readonly ping?: { readonly enabled: boolean; readonly intervalMs?: number };
    readonly client?: { readonly reconnectAfterInactivityMs?: number };
    readonly maxDurationMs?: number;
    readonly emitAndEndImmediately?: boolean;
  };
}

/**
 * A real `@trpc/server` router over the same handlers as the fronts of `inbound/`, so `createCaller`,
 * the official adapters and the tools of the tRPC ecosystem work on a contract.
 */
export function createRouter(table: ProcedureTable, options: RouterOptions = {}) {
  const t = initTRPC.context<RouterContext>().create({
    // The default looks at NODE_ENV and would show stacks to callers.
    isDev: false,
    ...(options.sse === undefined ? undefined : { sse: { enabled: true, ...options.sse } }),
    errorFormatter: ({ error, type, path, ctx }) => {
      const context = { procedureType: type, path, requestId: ctx?.requestId };
      if (error.cause instanceof WeirError) return toErrorShape(error.cause, context);
      return toRefusalShape(error.code, error.message, context);
    },
  });
  const base = t.procedure.input((raw: unknown) => raw);

  function toTrpcProcedure(procedure: Procedure) {
    if (procedure.type === 'subscription') {
      return base.subscription(async function* iterate({ ctx, input, signal }) {
        const { call, release } = toCall(procedure, ctx, input, signal);
        try {
          for await (const item of procedure.handle(call)) {
            const data: unknown = JSON.parse(item.json);
            yield item.id === undefined ? data : tracked(item.id, data);
          }
        } catch (thrown) {
          throw toTrpcError(thrown, procedure);
        } finally {
          release();
        }
      });
    }
    return base[procedure.type](async ({ ctx, input, signal }) => {
      const { call, release } = toCall(procedure, ctx, input, signal);
      try {
        const reply = await procedure.handle(call);
        ctx.responseHeaders.push(...reply.headers);
        const data: unknown = JSON.parse(reply.json);
        return data;
      } catch (thrown) {
        throw toTrpcError(thrown, procedure);
      } finally {
        release();
      }
    });
  }

  // Without a prototype, or a package named `constructor` would be there already.
  const emptyRecord = (): RouterRecord => Object.create(null);
  const record = emptyRecord();
  for (const [path, procedure] of table) {
    const names = path.split('.');
    const name = names.pop() ?? path;
    let place = record;
    for (const outer of names) {
      place[outer] ??= emptyRecord();
      const inner = place[outer];
      if (typeof inner === 'function') throw new Error(`${path} lies under a procedure`);
      place = inner;
    }
    place[name] = toTrpcProcedure(procedure);
  }
  const router: AnyTRPCRouter = t.router(record);
  return router;

  type RouterRecord = { [name: string]: ReturnType<typeof toTrpcProcedure> | RouterRecord };
}

/** The `responseMeta` option of the official adapters: the replies' headers, `x-request-id`, `retry-after`, `weir-attempts`. */
export function routerResponseMeta({
  ctx,
  errors,
}: {
  readonly ctx?: RouterContext | undefined;
  readonly errors: readonly TRPCError[];
}): { headers: Headers } {
  const headers = new Headers();
  for (const [name, value] of ctx?.responseHeaders ?? []) headers.append(name, value);
  if (ctx !== undefined) headers.set('x-request-id', ctx.requestId);
  const causes = errors.map(({ cause }) => cause).filter((cause) => cause instanceof WeirError);
  const waits = causes.map(({ retryAfterMs }) => retryAfterMs).filter((wait) => wait !== undefined);
  if (waits.length > 0) headers.set('retry-after', String(Math.ceil(Math.max(...waits) / 1000)));
  const attempts = causes.map((cause) => cause.attempts).filter((count) => count !== undefined);
  if (attempts.length > 0) headers.set('weir-attempts', String(Math.max(...attempts)));
  return { headers };
}

function toCall(
  { method, type }: Procedure,
  { requestId: id, wire, headers, peer }: RouterContext,
  raw: unknown,
  signal: AbortSignal | undefined,
): { readonly call: Call; release(): void } {
  const cancellation = new Cancellation();
  const cancel = () =>
    cancellation.cancel(new WeirError('CANCELLED', 'The caller cancelled the call.'));
  if (signal?.aborted) cancel();
  else signal?.addEventListener('abort', cancel, { once: true });
  const { input, lastEventId } =
    type === 'subscription'
      ? toResumePoint(method, raw, undefined)
      : { input: raw, lastEventId: undefined };
  const call: Call = {
    id,
    method,
    wire,
    input,
    headers,
    peer,
    cancellation,
    deadline: undefined,
    lastEventId,
  };
  return { call, release: () => signal?.removeEventListener('abort', cancel) };
}

function toTrpcError(thrown: unknown, { type }: Procedure): TRPCError {
  const cause = WeirError.from(thrown);
  return new TRPCError({ code: toTrpcCode(cause, type), message: cause.message, cause });
}
