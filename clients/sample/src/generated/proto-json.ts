/** A `double` or `float`; `Number(value)` gives the number in every case. */
export type Double = number | 'NaN' | 'Infinity' | '-Infinity';

/** A 64-bit integer as decimal text, because above 2^53 a JSON number loses digits. */
export type Int64 = string;

/** Numbers are exact up to `Number.MAX_SAFE_INTEGER`. */
export type Int64Input = string | number;

/** Base64 with padding; as input also base64url and without padding. */
export type Bytes = string;

/** RFC 3339, for example `2026-01-31T09:30:00.250Z`. */
export type Timestamp = string;

/** Seconds with the suffix `s`, for example `1.5s`. */
export type Duration = string;

/** Paths in lower camel case, joined by commas, for example `status,filledQuantity`. */
export type FieldMask = string;

export type JsonValue = string | number | boolean | null | JsonObject | JsonArray;

export type JsonObject = { [key: string]: JsonValue };

export type JsonArray = JsonValue[];

/** A message of any type, its fields beside its type's URL, for example `type.googleapis.com/google.rpc.ErrorInfo`. */
export type Any = { '@type': string; [field: string]: JsonValue };

export type Empty = { [key: string]: never };

/** What every object has by itself under a field's name, such as `toString`. JSON leaves it out. */
export type Inherited = Function;
