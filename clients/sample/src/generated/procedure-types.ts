import type {
  TRPCBuiltRouter,
  TRPCDefaultErrorData,
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCRouterRecord,
  TRPCSubscriptionProcedure,
} from '@trpc/server';
import type { Any } from './proto-json.ts';

/** A unary method with `idempotency_level = NO_SIDE_EFFECTS`. */
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
 * Says that `Message` is JSON already. tRPC computes the JSON form of every output and would drop the absent
 * members of a oneof (`market?: never`) on the way, so they could not be asked for; what `toJSON` gives it
 * takes as it is.
 */
type OnTheWire<Message> = { toJSON(): Message };

/**
 * The input of a paged query. `cursor` is another word for `pageToken`: tRPC's infinite queries are
 * available where it exists. Give `nextPageToken || undefined` as the next page's parameter.
 */
export type Paged<Input> = Input & { cursor?: string | null | undefined };

export type Router<Procedures extends TRPCRouterRecord> = TRPCBuiltRouter<Root, Procedures>;

type Root = {
  ctx: object;
  meta: object;
  transformer: false;
  errorShape: TRPCDefaultErrorShape & { data: TRPCDefaultErrorData & WeirErrorData };
};

/** What Weir adds to `error.data`. */
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
  /** `google.rpc` error details such as `BadRequest`, decoded. */
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
