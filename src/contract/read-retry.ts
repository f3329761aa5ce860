import type { DescMethod } from '@bufbuild/protobuf';
import type { Duration } from '@bufbuild/protobuf/wkt';
import type { Hedging, Retry } from './generated/weir/v1/options_pb.ts';
import type { HedgingPolicy, RetryPolicy } from './policy.ts';
import { readCodes } from './read-codes.ts';
import { toMs } from './to-ms.ts';

/** Retries and hedges as gRFC A6 bounds them. */
const MOST_ATTEMPTS = 5;

export function readRetry(
  retry: Retry,
  { methodKind }: Pick<DescMethod, 'methodKind'>,
  problems: string[],
): RetryPolicy {
  const { perTryTimeout } = retry;
  const initialBackoffMs = retry.initialBackoff === undefined ? 25 : toMs(retry.initialBackoff);
  return {
    maxAttempts: readAttempts('retry', retry.maxAttempts, 1, problems),
    codes: readCodes('retry.codes', retry.codes, ['UNAVAILABLE'], problems),
    initialBackoffMs,
    // As Envoy's.
    maxBackoffMs: retry.maxBackoff === undefined ? 10 * initialBackoffMs : toMs(retry.maxBackoff),
    // A stream may say nothing for hours and be well.
    perTryTimeoutMs: methodKind === 'unary' ? perTryTimeout && toMs(perTryTimeout) : undefined,
  };
}

export function readHedging(hedging: Hedging, problems: string[]): HedgingPolicy {
  return {
    maxAttempts: readAttempts('hedging', hedging.maxAttempts, 2, problems),
    hedgingDelayMs: readDelay(hedging.hedgingDelay, problems),
    nonFatalCodes: readCodes(
      'hedging.non_fatal_codes',
      hedging.nonFatalCodes,
      ['UNAVAILABLE'],
      problems,
    ),
  };
}

/** gRFC A6 reads no delay as none at all, which multiplies the load of every call; here it has to be given. */
function readDelay(delay: Duration | undefined, problems: string[]): number {
  const delayMs = delay === undefined ? 0 : toMs(delay);
  if (delayMs <= 0) {
    problems.push(
      'has `hedging` without `hedging_delay`, such as {nanos: 50000000}, so every call would be sent several times at once',
    );
  }
  return delayMs;
}

function readAttempts(option: string, given: number, least: number, problems: string[]): number {
  if (given < least || given > MOST_ATTEMPTS) {
    problems.push(
      `has \`${option}.max_attempts\` ${given}; allowed are ${least} to ${MOST_ATTEMPTS}`,
    );
  }
  return Math.min(Math.max(given, least), MOST_ATTEMPTS);
}
