import type { Method } from '../contract/method.ts';
import { fromPageCursor, isPaged } from '../contract/page-cursor.ts';
import type { ContractSnapshot } from '../contract/snapshot.ts';
import { WeirError } from '../errors.ts';
import { UserError } from '../lib/user-error.ts';
import type { StreamHandler, UnaryHandler } from '../pipeline/middleware.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Transcoder } from '../transcode/codec.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { InputValidator } from '../validation/input-validator.ts';
import { createStreamInvoke, createUnaryInvoke } from './invoke.ts';
import type { MetadataRules } from './metadata-rules.ts';
import type { Procedure, ProcedureTable } from './procedure.ts';

export interface ProceduresOptions {
  readonly snapshot: ContractSnapshot;
  readonly transcoder: Transcoder;
  readonly validator: InputValidator;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly pipeline: Pipeline;
  readonly metadata: MetadataRules;
}

/**
 * Joins every method of a snapshot to the pipeline on one side and to its upstream on the other.
 * @throws UserError that names each service whose upstream is not configured.
 */
export function createProcedures(options: ProceduresOptions): ProcedureTable {
  requireUpstreams(options.snapshot, options.upstreams);
  const table = new Map<string, Procedure>();
  for (const method of options.snapshot.methods.values()) {
    const upstream = options.upstreams.get(method.upstream);
    if (upstream !== undefined) table.set(method.path, toProcedure(method, upstream, options));
  }
  return table;
}

/** @throws UserError that names each service whose upstream is not configured. */
export function requireUpstreams(
  snapshot: ContractSnapshot,
  upstreams: { has(name: string): boolean; keys(): Iterable<string> },
): void {
  const problems = new Set<string>();
  for (const { upstream, descriptor } of snapshot.methods.values()) {
    if (upstreams.has(upstream)) continue;
    const known = [...upstreams.keys()].map((name) => `"${name}"`).join(', ') || 'none';
    problems.add(
      `${descriptor.parent.typeName} (${descriptor.parent.file.name}.proto) is served by the upstream "${upstream}", which the configuration does not have (it has ${known}); add it under \`upstreams\`.`,
    );
  }
  if (problems.size > 0) throw new UserError('Services without an upstream:', [...problems]);
}

function toProcedure(method: Method, upstream: Upstream, options: ProceduresOptions): Procedure {
  const { pipeline, transcoder, validator, metadata } = options;
  const invoke = { method, transcoder, validator, upstream, metadata };
  if (method.procedureType === 'subscription') {
    const innermost =
      method.kind === 'serverStreaming' ? createStreamInvoke(invoke) : refuseClientStreams;
    return { type: method.procedureType, method, handle: pipeline.stream(innermost) };
  }
  const handle = pipeline.unary(createUnaryInvoke(invoke));
  return {
    type: method.procedureType,
    method,
    handle: isPaged(method.descriptor) ? acceptPageCursor(handle, method) : handle,
    cached: pipeline.caches(method),
  };
}

/** Outermost, so that the pipeline sees one input for one page, whichever word asked for it. */
function acceptPageCursor(handle: UnaryHandler, { descriptor }: Method): UnaryHandler {
  return (call) => handle({ ...call, input: fromPageCursor(call.input, descriptor) });
}

const refuseClientStreams: StreamHandler = async function* refuse(call) {
  yield* [];
  throw new WeirError(
    'UNIMPLEMENTED',
    `${call.method.rpcPath.slice(1)} streams from the client, which Weir does not carry yet.`,
  );
};
