import type { DescMethod } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import type { MethodKind, ProcedureType } from './method.ts';

/**
 * Names that `@trpc/server` refuses as a router's key, at any level; and the one that JavaScript takes for
 * an object's prototype, so that no object could hold the procedure.
 */
const RESERVED_ANYWHERE = /^(?:then|call|apply|__proto)_*$/;

/** Names that a built router uses itself, beside the procedures of its first level. */
const RESERVED_AT_TOP = /^(?:_def|createCaller)_*$/;

/**
 * The tRPC procedure path of a method: the contract's own names with the first letter of service and
 * method in lower case. A segment that tRPC reserves gets a trailing underscore; so does one that is
 * reserved but for its trailing underscores, or `Then` and `then_` would claim one path.
 *
 * @param serviceTypeName the full name, for example `market.v1.QuoteService`
 * @param methodName for example `GetQuote`
 * @returns for example `market.v1.quoteService.getQuote`
 */
export function toProcedurePath(serviceTypeName: string, methodName: string): string {
  const packages = serviceTypeName.split('.');
  const service = packages.pop() ?? '';
  return [...packages, lowerFirst(service), lowerFirst(methodName)]
    .map((segment, level) => (isReserved(segment, level) ? `${segment}_` : segment))
    .join('.');
}

/** What a method is to tRPC. Client streaming and bidirectional calls ride a subscription. */
export function procedureTypeOf(method: DescMethod): ProcedureType {
  if (method.methodKind !== 'unary') return 'subscription';
  return method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS
    ? 'query'
    : 'mutation';
}

const METHOD_KINDS = {
  unary: 'unary',
  server_streaming: 'serverStreaming',
  client_streaming: 'clientStreaming',
  bidi_streaming: 'bidiStreaming',
} as const satisfies Record<DescMethod['methodKind'], MethodKind>;

export function methodKindOf(method: DescMethod): MethodKind {
  return METHOD_KINDS[method.methodKind];
}

function isReserved(segment: string, level: number): boolean {
  return RESERVED_ANYWHERE.test(segment) || (level === 0 && RESERVED_AT_TOP.test(segment));
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
