/** Well-known types in the object form that proto-loader reads and writes. */

export interface Seconds {
  readonly seconds: string;
  readonly nanos: number;
}

export function toTimestamp(epochMs: number): Seconds {
  const seconds = Math.floor(epochMs / 1000);
  return { seconds: String(seconds), nanos: Math.round((epochMs - seconds * 1000) * 1e6) };
}

/** @param ms Not negative. */
export function toDuration(ms: number): Seconds {
  return toTimestamp(ms);
}

export function toMs(duration: Seconds): number {
  return Number(duration.seconds) * 1000 + duration.nanos / 1e6;
}

export type Json = null | boolean | number | string | readonly Json[] | { [key: string]: Json };

/** `google.protobuf.Struct` */
export function toStruct(json: { readonly [key: string]: Json }): object {
  return {
    fields: Object.fromEntries(Object.entries(json).map(([key, value]) => [key, toValue(value)])),
  };
}

/** `google.protobuf.ListValue` */
export function toListValue(json: readonly Json[]): object {
  return { values: json.map(toValue) };
}

function toValue(json: Json): object {
  if (json === null) return { nullValue: 'NULL_VALUE' };
  if (typeof json === 'boolean') return { boolValue: json };
  if (typeof json === 'number') return { numberValue: json };
  if (typeof json === 'string') return { stringValue: json };
  if (isList(json)) return { listValue: toListValue(json) };
  return { structValue: toStruct(json) };
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
