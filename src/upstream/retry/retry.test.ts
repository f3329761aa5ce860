import { describe, expect, test } from 'vitest';
import { createBackendCall } from '../../../test/support/backend-call.ts';
import { backendFailure, THREE_ATTEMPTS } from '../../../test/support/retries.ts';
import type { RetryPolicy } from '../../contract/policy.ts';
import type { WeirError, WeirErrorOptions } from '../../errors.ts';
import { Cancellation } from '../../lib/cancellation.ts';
import { CallNotes } from '../../telemetry/call-notes.ts';
import type { Attempt } from '../attempt.ts';
import type { UnaryReply } from '../transport/transport.ts';
import { createRetry } from './retry.ts';
import { createRetryBudget } from './retry-budget.ts';

const REPLY: UnaryReply = { message: new Uint8Array(), headers: [], trailers: [] };

/** Weir's own refusal, with when to come back. */
const HELD_BACK: WeirErrorOptions = { origin: 'gateway', neverSent: true, retryAfterMs: 1_000 };

interface Script {
  readonly outcomes: readonly (WeirError | 'ok')[];
  readonly retry?: RetryPolicy | undefined;
  readonly deadline?: number;
  readonly budget?: ReturnType<typeof createRetryBudget>;
}

/** Runs one call through the outcomes, on a clock that only sleeping moves; random 0.5 takes out the jitter. */
async function run({
  outcomes,
  retry,
  deadline,
  budget = createRetryBudget({ ratio: 0.2, minPerSecond: 10 }, () => 0),
}: Script) {
  let now = 0;
  const waits: number[] = [];
  const attempts: Attempt[] = [];
  const cancellation = new Cancellation();
  const call = createBackendCall({ policy: { retry } }, { deadline, cancellation });
  const callWithRetries = createRetry({
    budget,
    clock: () => now,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  })(async (attempt) => {
    const outcome = outcomes[attempts.length];
    attempts.push(attempt);
    if (outcome === 'ok') return REPLY;
    throw outcome;
  });
  const result = await callWithRetries(call).then(
    () => 'ok',
    (error: WeirError) => error.code,
  );
  return { result, waits, attempts: attempts.length };
}

describe('what is tried again', () => {
  test.each<[string, Script, Awaited<ReturnType<typeof run>>]>([
    [
      'a success is not',
      { outcomes: ['ok'], retry: THREE_ATTEMPTS },
      { result: 'ok', waits: [], attempts: 1 },
    ],
    [
      'a listed status, with growing waits up to the most',
      { outcomes: [backendFailure(), backendFailure(), 'ok'], retry: THREE_ATTEMPTS },
      { result: 'ok', waits: [100, 150], attempts: 3 },
    ],
    [
      'an attempt whose own time ran out while the call has some left',
      {
        outcomes: [backendFailure({}, 'DEADLINE_EXCEEDED'), 'ok'],
        retry: { ...THREE_ATTEMPTS, perTryTimeoutMs: 300 },
        deadline: 2_000,
      },
      { result: 'ok', waits: [100], attempts: 2 },
    ],
    [
      'not an attempt that ran into the deadline of the call',
      {
        outcomes: [backendFailure({}, 'DEADLINE_EXCEEDED'), 'ok'],
        retry: { ...THREE_ATTEMPTS, perTryTimeoutMs: 3_000 },
        deadline: 2_000,
      },
      { result: 'DEADLINE_EXCEEDED', waits: [], attempts: 1 },
    ],
    [
      'not beyond the attempts allowed',
      { outcomes: [backendFailure(), backendFailure(), backendFailure()], retry: THREE_ATTEMPTS },
      { result: 'UNAVAILABLE', waits: [100, 150], attempts: 3 },
    ],
    [
      'not a status that is not listed',
      { outcomes: [backendFailure({}, 'INTERNAL')], retry: THREE_ATTEMPTS },
      { result: 'INTERNAL', waits: [], attempts: 1 },
    ],
    [
      'not a method whose contract does not allow it: an order is never sent twice',
      { outcomes: [backendFailure()] },
      { result: 'UNAVAILABLE', waits: [], attempts: 1 },
    ],
    [
      'a call that provably never left, once, whatever its contract says',
      { outcomes: [backendFailure({ neverSent: true }), backendFailure({ neverSent: true })] },
      { result: 'UNAVAILABLE', waits: [], attempts: 2 },
    ],
    [
      'not a call that was shed, though it never left',
      {
        outcomes: [backendFailure(HELD_BACK, 'RESOURCE_EXHAUSTED'), 'ok'],
      },
      { result: 'RESOURCE_EXHAUSTED', waits: [], attempts: 1 },
    ],
    [
      'not a call that is held back while every endpoint fails, though its contract allows it',
      { outcomes: [backendFailure(HELD_BACK), 'ok'], retry: THREE_ATTEMPTS },
      { result: 'UNAVAILABLE', waits: [], attempts: 1 },
    ],
    [
      'a call that found the queue of one endpoint full, at another',
      { outcomes: [backendFailure({ neverSent: true }, 'RESOURCE_EXHAUSTED'), 'ok'] },
      { result: 'ok', waits: [], attempts: 2 },
    ],
    [
      'after the time that the backend asks for',
      {
        outcomes: [backendFailure({ metadata: [['grpc-retry-pushback-ms', '700']] }), 'ok'],
        retry: THREE_ATTEMPTS,
      },
      { result: 'ok', waits: [700], attempts: 2 },
    ],
    [
      'not when the backend says never',
      {
        outcomes: [backendFailure({ metadata: [['grpc-retry-pushback-ms', '-1']] })],
        retry: THREE_ATTEMPTS,
      },
      { result: 'UNAVAILABLE', waits: [], attempts: 1 },
    ],
    [
      'not when the deadline would pass first',
      { outcomes: [backendFailure(), backendFailure()], retry: THREE_ATTEMPTS, deadline: 200 },
      { result: 'UNAVAILABLE', waits: [100], attempts: 2 },
    ],
  ])('%s', async (_, script, expected) => {
    expect(await run(script)).toEqual(expected);
  });
});

test('what the budget does not hold is not tried again, and further calls fill it', async () => {
  const budget = createRetryBudget({ ratio: 0.5, minPerSecond: 0.1 }, () => 0);
  const failing: Script = {
    outcomes: [backendFailure(), backendFailure(), backendFailure()],
    retry: THREE_ATTEMPTS,
    budget,
  };
  const attempts: number[] = [];
  // The reserve of one and half a retry a call: 1.5, then 1, then 0.5, then 1 again.
  for (let call = 0; call < 4; call++) attempts.push((await run(failing)).attempts);
  expect(attempts).toEqual([2, 2, 1, 2]);
});

test('a call that provably never left takes nothing from the budget', async () => {
  const budget = createRetryBudget({ ratio: 0, minPerSecond: 0 }, () => 0);
  expect(
    (await run({ outcomes: [backendFailure({ neverSent: true }), 'ok'], budget })).result,
  ).toBe('ok');
});

test.each<[string, WeirErrorOptions, object]>([
  ['the budget', {}, { ratio: 0, minPerSecond: 0 }],
  [
    'the backend',
    { metadata: [['grpc-retry-pushback-ms', '-1']] },
    { ratio: 0.2, minPerSecond: 10 },
  ],
])('a retry that %s withheld is among the events of the call', async (who, options, budget) => {
  const notes = new CallNotes();
  const callWithRetries = createRetry({
    budget: createRetryBudget({ ratio: 0, minPerSecond: 0, ...budget }, () => 0),
    clock: () => 0,
    random: () => 0.5,
    sleep: async () => {},
  })(async () => {
    throw backendFailure(options);
  });
  const call = createBackendCall({ policy: { retry: THREE_ATTEMPTS } }, { notes });
  await expect(callWithRetries(call)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(notes.events).toMatchObject([
    { name: `retry withheld by ${who}`, attributes: { 'rpc.status_code': 'UNAVAILABLE' } },
  ]);
});
