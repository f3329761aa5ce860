import { expect, test } from 'vitest';
import { createBackendCall } from '../../../test/support/backend-call.ts';
import { backendFailure, THREE_ATTEMPTS } from '../../../test/support/retries.ts';
import type { RetryPolicy } from '../../contract/policy.ts';
import { WeirError } from '../../errors.ts';
import { Cancellation } from '../../lib/cancellation.ts';
import type { Attempt } from '../attempt.ts';
import type { BackendCall } from '../backend-call.ts';
import { streamFrom } from '../begun-stream.ts';
import { createRetryBudget } from './retry-budget.ts';
import { createStreamRetry } from './retry-stream.ts';

/** What one attempt brings: messages of one byte each, then its end. */
type Attempted = readonly (number | WeirError)[];

async function* play(attempted: Attempted): AsyncGenerator<Uint8Array, void, undefined> {
  for (const each of attempted) {
    if (each instanceof WeirError) throw each;
    yield Uint8Array.of(each);
  }
}

function callWith(retry: RetryPolicy | undefined, cancellation = new Cancellation()): BackendCall {
  return createBackendCall({ policy: { retry } }, { cancellation });
}

function setUp(script: readonly Attempted[], retriesAllowed = 10) {
  const attempts: Attempt[] = [];
  const closed: number[] = [];
  const beginWithRetries = createStreamRetry({
    budget: createRetryBudget({ ratio: 0, minPerSecond: retriesAllowed / 10 }, () => 0),
    clock: () => 0,
    random: () => 0.5,
    sleep: async (_, cancellation) => cancellation.throwIfCancelled(),
  })(async function* (attempt) {
    attempts.push(attempt);
    try {
      yield* play(script[attempt.number - 1] ?? []);
    } finally {
      closed.push(attempt.number);
    }
  });
  return {
    attempts,
    closed,
    open: (call: BackendCall) => streamFrom(() => beginWithRetries(call)),
  };
}

async function read(stream: AsyncIterable<Uint8Array>) {
  const messages: number[] = [];
  try {
    for await (const message of stream) messages.push(...message);
    return { messages, end: 'OK' };
  } catch (thrown) {
    return { messages, end: WeirError.from(thrown).code };
  }
}

test.each<[string, readonly Attempted[], RetryPolicy | undefined, object]>([
  [
    'a stream that begins is not begun again',
    [[1, 2]],
    THREE_ATTEMPTS,
    { messages: [1, 2], end: 'OK', attempts: 1 },
  ],
  [
    'nor is one that ends without a message',
    [[]],
    THREE_ATTEMPTS,
    { messages: [], end: 'OK', attempts: 1 },
  ],
  [
    'one that fails before its first message is begun again where the contract allows it',
    [[backendFailure()], [backendFailure()], [1, 2]],
    THREE_ATTEMPTS,
    { messages: [1, 2], end: 'OK', attempts: 3 },
  ],
  [
    'as often as it allows',
    [[backendFailure()], [backendFailure()], [backendFailure()], [1]],
    THREE_ATTEMPTS,
    { messages: [], end: 'UNAVAILABLE', attempts: 3 },
  ],
  [
    'not on another status',
    [[backendFailure({}, 'INTERNAL')], [1]],
    THREE_ATTEMPTS,
    { messages: [], end: 'INTERNAL', attempts: 1 },
  ],
  [
    'not once a message has come',
    [[1, backendFailure()], [2]],
    THREE_ATTEMPTS,
    { messages: [1], end: 'UNAVAILABLE', attempts: 1 },
  ],
  [
    'not where the contract says nothing',
    [[backendFailure()], [1]],
    undefined,
    { messages: [], end: 'UNAVAILABLE', attempts: 1 },
  ],
  [
    'but what never left goes again whatever the contract says, once',
    [[backendFailure({ neverSent: true })], [backendFailure({ neverSent: true })], [1]],
    undefined,
    { messages: [], end: 'UNAVAILABLE', attempts: 2 },
  ],
])('%s', async (_, script, policy, expected) => {
  const { open, attempts } = setUp(script);
  const result = await read(open(callWith(policy)));
  expect({ ...result, attempts: attempts.length }).toEqual(expected);
});

test('a stream is begun when its first message is asked for, and every attempt knows its number', async () => {
  const { open, attempts } = setUp([[backendFailure()], [7]]);
  const stream = open(callWith(THREE_ATTEMPTS));
  expect(attempts).toEqual([]);
  await read(stream);
  expect(attempts.map(({ number }) => number)).toEqual([1, 2]);
});

test('no stream is begun again beyond the budget', async () => {
  const { open, attempts } = setUp([[backendFailure()], [1]], 0);
  expect(await read(open(callWith(THREE_ATTEMPTS)))).toEqual({ messages: [], end: 'UNAVAILABLE' });
  expect(attempts).toHaveLength(1);
});

test('no stream is begun again for a caller who left', async () => {
  const cancellation = new Cancellation();
  const { open, attempts } = setUp([[backendFailure()], [1]]);
  const stream = open(callWith(THREE_ATTEMPTS, cancellation));
  cancellation.cancel(new WeirError('CANCELLED', 'left'));
  expect(await read(stream)).toEqual({ messages: [], end: 'UNAVAILABLE' });
  expect(attempts).toHaveLength(1);
});

test('a reader who leaves early ends the attempt that serves it', async () => {
  const { open, closed } = setUp([[backendFailure()], [1, 2, 3]]);
  for await (const message of open(callWith(THREE_ATTEMPTS))) {
    expect([...message]).toEqual([1]);
    break;
  }
  expect(closed).toEqual([1, 2]);
});
