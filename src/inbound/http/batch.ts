import type { Procedure, ProcedureTable } from '../../procedures/procedure.ts';
import { NOT_SAMPLED } from '../../telemetry/traces/request-trace.ts';
import { parseConnectionParams } from '../connection-params.ts';
import type { FrontOptions } from '../front-options.ts';
import { Refusal } from '../refusal.ts';
import type { RunningCalls } from '../running-calls.ts';
import { admit, allowedMethods } from './admission.ts';
import { JsonArray } from './batch-sink.ts';
import { contextOf, invoke, toFailure } from './call-outcome.ts';
import type { Exchange } from './exchange.ts';
import type { HttpLimits } from './http-limits.ts';
import { readInput } from './input.ts';
import { JsonLines } from './json-lines.ts';
import type { BodyBounds } from './request-body.ts';
import type { RequestTarget } from './request-target.ts';
import { TracedSink } from './traced-sink.ts';

interface BatchEntry {
  readonly path: string;
  readonly procedure: Procedure | undefined;
  readonly refusal: Refusal | undefined;
}

export interface BatchOptions {
  readonly table: ProcedureTable;
  readonly calls: RunningCalls;
  readonly limits: HttpLimits;
  readonly bodyBounds: BodyBounds;
  /** Each answer as soon as it is there, instead of all in one array. */
  readonly jsonLines: boolean;
  readonly onBatch: ((calls: number) => void) | undefined;
  readonly tracer: FrontOptions['tracer'];
}

/** Several calls in one request, run at once; each fails or succeeds on its own. */
export function answerBatch(
  exchange: Exchange,
  { path, input, connectionParams }: RequestTarget,
  { table, calls, limits, bodyBounds, jsonLines, onBatch, tracer }: BatchOptions,
): void {
  const entries = toEntries(exchange, path.split(','), table, limits);
  onBatch?.(entries.length);
  // Calls of a batch have headers of their own to say who they are; a broken parameter is an error all the same.
  parseConnectionParams(connectionParams);
  for (const { procedure, refusal } of entries) {
    if (procedure !== undefined && refusal?.code === 'METHOD_NOT_SUPPORTED') {
      exchange.allow = allowedMethods(procedure);
    }
  }
  const answer = jsonLines
    ? new JsonLines(exchange, entries.length)
    : new JsonArray(exchange, entries.length);
  const trace = tracer?.beginRequest(exchange.request.headers);
  const sink =
    trace === undefined ? answer : new TracedSink(answer, trace, exchange, entries.length);
  const request = tracer && (trace?.asParent ?? NOT_SAMPLED);
  const runnable = entries.filter(({ refusal }) => refusal === undefined).length;
  if (runnable === 0) {
    run(undefined);
    return;
  }
  readInput(exchange.request, input, bodyBounds, start, run);

  function start(inputs: unknown): void {
    if (inputs !== undefined && !isRecord(inputs)) {
      run(new Refusal('BAD_REQUEST', '"input" needs to be an object when doing a batch call'));
      return;
    }
    try {
      calls.admit(runnable);
    } catch (thrown) {
      run(thrown);
      return;
    }
    run(undefined, inputs);
  }

  /** @param failure what befell every call that was not refused on its own. */
  function run(failure: unknown, inputs?: Readonly<Record<string, unknown>>): void {
    const { headers } = exchange.request;
    for (const [index, { path, procedure, refusal }] of entries.entries()) {
      const reason = refusal ?? failure;
      if (reason !== undefined || procedure === undefined || procedure.type === 'subscription') {
        exchange.refused(reason, path);
        sink.settle(index, toFailure(reason, contextOf(procedure, path, exchange.requestId)));
        continue;
      }
      const single = exchange.call(procedure, 'http', inputs?.[index], headers, undefined);
      const call = request === undefined ? single : { ...single, request };
      invoke(exchange, procedure, call, (outcome) => {
        calls.release(1);
        sink.settle(index, outcome);
      });
    }
  }
}

function toEntries(
  exchange: Exchange,
  paths: readonly string[],
  table: ProcedureTable,
  { maxBatchLength }: HttpLimits,
): readonly BatchEntry[] {
  if (paths.length > maxBatchLength) {
    throw new Refusal(
      'BAD_REQUEST',
      `Batch call exceeds maximum size: it has ${paths.length} calls and ${maxBatchLength} are allowed. Set maxItems of the batch link to that.`,
    );
  }
  const types = new Set<string>();
  const entries = paths.map((path): BatchEntry => {
    const procedure = table.get(path);
    if (procedure !== undefined) types.add(procedure.type);
    let refusal = admit(procedure, path, exchange.request.method);
    if (procedure?.type === 'subscription') {
      refusal ??= new Refusal('BAD_REQUEST', 'Cannot batch subscription calls');
    }
    return { path, procedure, refusal };
  });
  if (types.size > 1) {
    throw new Refusal(
      'BAD_REQUEST',
      `Cannot mix procedure types in call: ${[...types].join(', ')}`,
    );
  }
  return entries;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
