import { WeirError } from '../errors.ts';

/** PROTOCOL-HTTP2, "Timeout": at most eight digits and one unit. */
const UNITS_IN_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};

/**
 * Milliseconds of a `grpc-timeout` header.
 * @throws WeirError INVALID_ARGUMENT
 */
export function parseGrpcTimeout(text: string): number {
  const match = /^(\d{1,8})([HMSmun])$/.exec(text);
  const unit = UNITS_IN_MS[match?.[2] ?? ''];
  if (match === null || unit === undefined) {
    throw new WeirError(
      'INVALID_ARGUMENT',
      `The header grpc-timeout is "${text.slice(0, 40)}"; expected up to 8 digits and one of H M S m u n, such as "500m".`,
    );
  }
  return Number(match[1]) * unit;
}
