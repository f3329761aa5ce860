import {
  createFileRegistry,
  type DescMethod,
  type DescService,
  type FileRegistry,
} from '@bufbuild/protobuf';
import { type FileDescriptorSet, MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import { UserError } from '../lib/user-error.ts';
import { commentOf, placeOf } from './comment.ts';
import type { Method } from './method.ts';
import { methodKindOf, procedureTypeOf, toProcedurePath } from './procedure-path.ts';
import { readPolicy, upstreamOf } from './read-policy.ts';

/** Everything that is published, at one moment. Never edited: a change makes a new one. */
export interface ContractSnapshot {
  /** Every message, enum and extension of the contracts and of what they import. */
  readonly registry: FileRegistry;
  /** By procedure path, in the order of the contracts. */
  readonly methods: ReadonlyMap<string, Method>;
}

export interface SnapshotSource {
  /** Dependencies first. */
  readonly files: FileDescriptorSet;
  /** Names of the files whose services are served; those of the others are only imported. */
  readonly published: ReadonlySet<string>;
}

/** @throws UserError that lists every contradiction with the file and line of each side. */
export function createSnapshot({ files, published }: SnapshotSource): ContractSnapshot {
  const registry = createRegistry(files);
  const problems: string[] = [];
  const methods = new Map<string, Method>();
  for (const service of publishedServices(registry, published)) {
    for (const descriptor of service.methods) {
      const method = toMethod(descriptor, registry, problems);
      const rival = methods.get(method.path);
      if (rival === undefined) methods.set(method.path, method);
      else problems.push(describeCollision(method, rival));
    }
  }
  for (const method of methods.values()) {
    const above = procedureAbove(method.path, methods);
    if (above !== undefined) problems.push(describeBelow(method, above));
    if (method.path.startsWith(OWN_PACKAGE)) problems.push(describeIntruder(method));
  }
  if (problems.length > 0) throw new UserError('The contracts contradict themselves:', problems);
  return { registry, methods };
}

/** What a compiler wrote is sound; descriptors from elsewhere may lack a type. */
function createRegistry(files: FileDescriptorSet): FileRegistry {
  try {
    return createFileRegistry(files);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      'The contracts are not sound:',
      [`${reason}; make the descriptor sets anew, with all imports, as \`buf build\` does.`],
      { cause },
    );
  }
}

function publishedServices(registry: FileRegistry, published: ReadonlySet<string>): DescService[] {
  return [...registry.files]
    .filter((file) => published.has(file.proto.name))
    .flatMap((file) => file.services);
}

function toMethod(descriptor: DescMethod, registry: FileRegistry, problems: string[]): Method {
  const faults: string[] = [];
  const policy = readPolicy(descriptor, faults, registry);
  for (const fault of faults) {
    problems.push(`${placeOf(descriptor)}: ${nameOf(descriptor)} ${fault}.`);
  }
  return {
    path: toProcedurePath(descriptor.parent.typeName, descriptor.name),
    rpcPath: `/${descriptor.parent.typeName}/${descriptor.name}`,
    kind: methodKindOf(descriptor),
    procedureType: procedureTypeOf(descriptor),
    idempotency: IDEMPOTENCY[descriptor.idempotency],
    descriptor,
    types: registry,
    policy,
    upstream: upstreamOf(descriptor),
    comment: commentOf(descriptor),
    deprecated: descriptor.deprecated || descriptor.parent.deprecated,
  };
}

const IDEMPOTENCY = {
  [MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN]: 'unknown',
  [MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS]: 'noSideEffects',
  [MethodOptions_IdempotencyLevel.IDEMPOTENT]: 'idempotent',
} as const;

/** Where Weir's own procedures are. */
const OWN_PACKAGE = 'weir.';

/** A path of tRPC is a procedure or holds procedures, never both: `a.b` cannot stand beside `a.b.c`. */
function procedureAbove(path: string, methods: ReadonlyMap<string, Method>): Method | undefined {
  for (let end = path.lastIndexOf('.'); end !== -1; end = path.lastIndexOf('.', end - 1)) {
    const above = methods.get(path.slice(0, end));
    if (above !== undefined) return above;
  }
  return undefined;
}

function describeBelow(method: Method, above: Method): string {
  const one = `${nameOf(above.descriptor)} (${placeOf(above.descriptor)})`;
  const other = `${nameOf(method.descriptor)} (${placeOf(method.descriptor)})`;
  return `${one} is the procedure "${above.path}", and ${other} would lie below it as "${method.path}"; rename one of them.`;
}

function describeIntruder({ descriptor }: Method): string {
  return `${placeOf(descriptor)}: ${nameOf(descriptor)} is in a package below \`weir\`, where Weir's own procedures are; choose another.`;
}

function describeCollision(method: Method, rival: Method): string {
  const one = `${nameOf(rival.descriptor)} (${placeOf(rival.descriptor)})`;
  const other = `${nameOf(method.descriptor)} (${placeOf(method.descriptor)})`;
  return `${one} and ${other} both claim the procedure path "${method.path}"; rename one of them.`;
}

function nameOf(method: DescMethod): string {
  return `${method.parent.typeName}.${method.name}`;
}
