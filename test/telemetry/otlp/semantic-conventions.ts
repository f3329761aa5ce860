/**
 * Attributes of the OpenTelemetry semantic conventions 1.45.0 that spans of Weir have, all of them stable.
 * Everything else has a name of its own under `weir.`.
 */
const STABLE = new Set([
  'client.address',
  'error.type',
  'http.request.method',
  'http.response.status_code',
  'rpc.method',
  'rpc.status_code',
  'rpc.system.name',
  'server.address',
  'server.port',
  'url.path',
  'url.scheme',
]);

/** What the conventions require: of RPC spans by kind, and of HTTP servers. */
const REQUIRED = {
  rpcServer: ['rpc.system.name', 'rpc.method', 'rpc.status_code'],
  rpcClient: ['rpc.system.name', 'rpc.method', 'rpc.status_code', 'server.address'],
  httpServer: ['http.request.method', 'url.path', 'url.scheme', 'http.response.status_code'],
} as const;

/** "Spans", RPC: the statuses of a server that are errors. A client's are all but OK. */
const SERVER_ERRORS = new Set([
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

interface ConventionalSpan {
  readonly name: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: string | undefined };
}

/** Where a span breaks the conventions, in words. */
export function conventionFaults(span: ConventionalSpan): readonly string[] {
  const { attributes, events, name } = span;
  const required = REQUIRED[typeOf(span)];
  const keys = [attributes, ...events.map((event) => event.attributes)].flatMap(Object.keys);
  return [
    ...required.filter((key) => !(key in attributes)).map((key) => `${name} has no ${key}`),
    ...keys
      .filter((key) => !STABLE.has(key) && !key.startsWith('weir.'))
      .map((key) => `${name} has ${key}, which is not in the conventions`),
    ...errorFaults(span),
  ];
}

function typeOf({ kind, attributes }: ConventionalSpan): keyof typeof REQUIRED {
  if ('http.request.method' in attributes) return 'httpServer';
  return kind === 'SPAN_KIND_CLIENT' ? 'rpcClient' : 'rpcServer';
}

function errorFaults(span: ConventionalSpan): readonly string[] {
  const failed = isError(span);
  const told = [span.status.code === 'STATUS_CODE_ERROR', 'error.type' in span.attributes];
  return told.every((each) => each === failed)
    ? []
    : [`${span.name} must have an error status and error.type: ${failed}`];
}

function isError(span: ConventionalSpan): boolean {
  const { 'rpc.status_code': code, 'http.response.status_code': status } = span.attributes;
  if (typeOf(span) === 'httpServer') return Number(status) >= 500;
  return typeOf(span) === 'rpcClient' ? code !== 'OK' : SERVER_ERRORS.has(String(code));
}
