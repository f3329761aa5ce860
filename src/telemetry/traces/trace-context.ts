/** What W3C Trace Context says of the one who called. https://www.w3.org/TR/trace-context/ */
export interface TraceParent {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

export type HeaderValues = Readonly<Record<string, string | string[] | undefined>>;

// Section 3.2.2; a version above 00 may have more after the flags, and ff is never valid.
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;
/** Section 3.3.1.5 asks to carry at least 512 characters of tracestate, and W3C Baggage 8192 bytes. */
const MAX_TRACESTATE = 512;
const MAX_BAGGAGE = 8_192;
const NONE: readonly never[] = [];
const PRINTABLE = /^[\x20-\x7e]*$/;

/** Undefined where there is none or one that the specification tells to ignore. */
export function parseTraceparent(header: string | string[] | undefined): TraceParent | undefined {
  if (typeof header !== 'string') return undefined;
  const match = TRACEPARENT.exec(header);
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = match;
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined;
  if (version === '00' && more !== undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** The headers that travel with a trace as they came: `tracestate` and `baggage`. */
export function companionsOf(headers: HeaderValues): readonly (readonly [string, string])[] {
  if (headers.tracestate === undefined && headers.baggage === undefined) return NONE;
  const companions: [string, string][] = [];
  add('tracestate', MAX_TRACESTATE);
  add('baggage', MAX_BAGGAGE);
  return companions;

  function add(name: string, maxLength: number): void {
    const given = headers[name];
    const value = Array.isArray(given) ? given.join(',') : given;
    if (value === undefined || value.length > maxLength || !PRINTABLE.test(value)) return;
    companions.push([name, value]);
  }
}
