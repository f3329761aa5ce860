/** The two files of a generated client that are the same for every contract. */
export const PROTO_JSON = `\
/** A \`double\` or \`float\`; \`Number(value)\` gives the number in every case. */
export type Double = number | 'NaN' | 'Infinity' | '-Infinity';

/** A 64-bit integer as decimal text, because above 2^53 a JSON number loses digits. */
export type Int64 = string;

/** Numbers are exact up to \`Number.MAX_SAFE_INTEGER\`. */
export type Int64Input = string | number;

/** Base64 with padding; as input also base64url and without padding. */
export type Bytes = string;

/** RFC 3339, for example \`2026-01-31T09:30:00.250Z\`. */
export type Timestamp = string;

/** Seconds with the suffix \`s\`, for example \`1.5s\`. */
export type Duration = string;

/** Paths in lower camel case, joined by commas, for example \`status,filledQuantity\`. */
export type FieldMask = string;

export type JsonValue = string | number | boolean | null | JsonObject | JsonArray;

export type JsonObject = { [key: string]: JsonValue };

export type JsonArray = JsonValue[];

/** A message of any type, its fields beside its type's URL, for example \`type.googleapis.com/google.rpc.ErrorInfo\`. */
export type Any = { '@type': string; [field: string]: JsonValue };

export type Empty = { [key: string]: never };

/** What every object has by itself under a field's name, such as \`toString\`. JSON leaves it out. */
export type Inherited = Function;
`;

export const PROCEDURE_TYPES = `\
import type {
  TRPCBuiltRouter,
  TRPCDefaultErrorData,
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCRouterRecord,
  TRPCSubscriptionProcedure,
} from '@trpc/server';
PROTO_JSON_IMPORT

/** A unary method with \`idempotency_level = NO_SIDE_EFFECTS\`. */
export type Query<Input, Output> = TRPCQueryProcedure<{
  input: Input;
  output: OnTheWire<Output>;
  meta: object;
}>;

/** Any other unary method. */
export type Mutation<Input, Output> = TRPCMutationProcedure<{
  input: Input;
  output: OnTheWire<Output>;
  meta: object;
}>;

/** A server-streaming method; each message of the stream is one event. */
export type Subscription<Input, Output> = TRPCSubscriptionProcedure<{
  input: Input;
  output: AsyncIterable<OnTheWire<Output>, void, unknown>;
  meta: object;
}>;

/**
 * A stream whose contract names a field to resume from. Each event is a message with the id of its place,
 * empty where the message has none; after a lost connection the client sends the last one by itself, and a
 * caller may begin with one.
 */
export type TrackedSubscription<Input, Output> = TRPCSubscriptionProcedure<{
  input: void extends Input ? LastEvent | void : Input & LastEvent;
  output: AsyncIterable<OnTheWire<{ id: string; data: Output }>, void, unknown>;
  meta: object;
}>;

type LastEvent = { lastEventId?: string | undefined };

/**
 * Says that \`Message\` is JSON already. tRPC computes the JSON form of every output and would drop the absent
 * members of a oneof (\`market?: never\`) on the way, so they could not be asked for; what \`toJSON\` gives it
 * takes as it is.
 */
type OnTheWire<Message> = { toJSON(): Message };

/**
 * The input of a paged query. \`cursor\` is another word for \`pageToken\`: tRPC's infinite queries are
 * available where it exists. Give \`nextPageToken || undefined\` as the next page's parameter.
 */
export type Paged<Input> = Input & { cursor?: string | null | undefined };

export type Router<Procedures extends TRPCRouterRecord> = TRPCBuiltRouter<Root, Procedures>;

type Root = {
  ctx: object;
  meta: object;
  transformer: false;
  errorShape: TRPCDefaultErrorShape & { data: TRPCDefaultErrorData & WeirErrorData };
};

/** What Weir adds to \`error.data\`. */
export type WeirErrorData = {
  /** The gRPC status, the gateway's own or the backend's; absent where the request never became a call. */
  grpc?: GrpcErrorData;
  /** Quote it when you ask for help: it is in every log line about the request. */
  requestId?: string;
  /** When to try again, in milliseconds from now. */
  retryAfterMs?: number;
  /** How often backends were asked, where that was more than once. */
  attempts?: number;
};

export type GrpcErrorData = {
  code: GrpcCode;
  message: string;
  /** \`google.rpc\` error details such as \`BadRequest\`, decoded. */
  details: Any[];
};

/** https://grpc.io/docs/guides/status-codes/ */
export type GrpcCode =
  | 'CANCELLED'
  | 'UNKNOWN'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'OUT_OF_RANGE'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'DATA_LOSS'
  | 'UNAUTHENTICATED';
`;
