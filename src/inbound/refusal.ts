import { WeirError } from '../errors.ts';
import {
  type ErrorContext,
  type ErrorShape,
  type TrpcCode,
  toErrorShape,
  toRefusalShape,
} from '../procedures/error-shape.ts';

/** A request that is refused before it becomes a call, in tRPC's terms, which are finer than gRPC's. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: TrpcCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: TrpcCode, message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The envelope of whatever was thrown; what is neither a `Refusal` nor a `WeirError` is a fault of ours. */
export function toShape(thrown: unknown, context: ErrorContext): ErrorShape {
  if (thrown instanceof Refusal) {
    return toRefusalShape(thrown.code, thrown.message, context, thrown.retryAfterMs);
  }
  return toErrorShape(WeirError.from(thrown), context);
}
