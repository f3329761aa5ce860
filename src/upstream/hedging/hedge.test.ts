import { describe, expect, test } from 'vitest';
import { createBackendCall } from '../../../test/support/backend-call.ts';
import type { HedgingPolicy } from '../../contract/policy.ts';
import { WeirError, type WeirErrorOptions } from '../../errors.ts';
import { Cancellation } from '../../lib/cancellation.ts';
import { CallNotes } from '../../telemetry/call-notes.ts';
import type { Attempt } from '../attempt.ts';
import { createRetryBudget } from '../retry/retry-budget.ts';
import type { UnaryReply } from '../transport/transport.ts';
import { createHedge } from './hedge.ts';

const POLICY: HedgingPolicy = {
  maxAttempts: 3,
  hedgingDelayMs: 100,
  nonFatalCodes: ['UNAVAILABLE'],
};

const failure = (code: WeirError['code'], options: WeirErrorOptions = {}) =>
  new WeirError(code, 'failed', { origin: 'backend', ...options });
const pushback = (ms: string) =>
  failure('UNAVAILABLE', { metadata: [['grpc-retry-pushback-ms', ms]] });

/** After how many milliseconds an attempt ends, and how. */
type Ending = readonly [afterMs: number, outcome: WeirError | 'ok'];

interface Script {
  readonly attempts: readonly Ending[];
  readonly policy?: Partial<HedgingPolicy>;
  readonly deadline?: number;
  readonly cancelAt?: number;
  readonly budget?: { readonly ratio: number; readonly minPerSecond: number };
}

/** Plans tasks on a clock that moves from one to the next once all that the last set off is done. */
function createTimeline() {
  const planned: { at: number; run: () => void }[] = [];
  let now = 0;
  return {
    clock: () => now,
    after: (ms: number, run: () => void) => {
      planned.push({ at: now + ms, run });
    },
    async unfold() {
      for (;;) {
        await new Promise(setImmediate);
        planned.sort((left, right) => left.at - right.at);
        const next = planned.shift();
        if (next === undefined) return;
        now = next.at;
        next.run();
      }
    },
  };
}

/** What became of the call and when, when each attempt began, and which of them were cancelled. */
async function run(
  { attempts, policy, deadline, cancelAt, budget }: Script,
  notes = new CallNotes(),
) {
  const { clock, after, unfold } = createTimeline();
  const begun: number[] = [];
  const cancelled: number[] = [];
  const numbers: number[] = [];
  let withheld = 0;
  const cancellation = new Cancellation();
  const hedging = { ...POLICY, ...policy };
  const call = createBackendCall({ policy: { hedging } }, { deadline, cancellation, notes });

  function attemptOnce(attempt: Attempt): Promise<UnaryReply> {
    const position = begun.length;
    const [afterMs, outcome] = attempts[position] ?? [0, failure('INTERNAL')];
    begun.push(clock());
    numbers.push(attempt.number);
    expect(attempt.deadline).toBe(deadline);
    const { promise, resolve, reject } = Promise.withResolvers<UnaryReply>();
    attempt.call.cancellation.onCancel((reason) => {
      cancelled.push(position + 1);
      reject(reason);
    });
    after(afterMs, () => {
      if (outcome !== 'ok') reject(outcome);
      else resolve({ message: new Uint8Array([position + 1]), headers: [], trailers: [] });
    });
    return promise;
  }

  const callWithHedges = createHedge({
    budget: createRetryBudget(budget ?? { ratio: 0.2, minPerSecond: 10 }, clock),
    clock,
    sleep: (ms, waiting) =>
      new Promise((resolve, reject) => {
        waiting.onCancel(reject);
        after(ms, resolve);
      }),
    events: { hedged() {}, retryWithheld: () => withheld++ },
  })(attemptOnce);

  const ended = callWithHedges(call, hedging).then(
    ({ message }) => [`answer of ${message[0]}`, clock()],
    (error: WeirError) => [error.code, clock()],
  );
  if (cancelAt !== undefined) {
    after(cancelAt, () => cancellation.cancel(new WeirError('CANCELLED', 'the caller left')));
  }
  await unfold();
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  return { result: await ended, begun, cancelled, withheld };
}

describe('hedging (gRFC A6)', () => {
  test.each<[string, Script, Partial<Awaited<ReturnType<typeof run>>>]>([
    [
      'an answer within the delay is the only attempt',
      { attempts: [[99, 'ok']] },
      { result: ['answer of 1', 99], begun: [0], cancelled: [] },
    ],
    [
      'a second attempt after the delay may win, and the first is cancelled',
      {
        attempts: [
          [5_000, 'ok'],
          [20, 'ok'],
        ],
      },
      { result: ['answer of 2', 120], begun: [0, 100], cancelled: [1] },
    ],
    [
      'the first may still win, and the second is cancelled',
      {
        attempts: [
          [150, 'ok'],
          [5_000, 'ok'],
        ],
      },
      { result: ['answer of 1', 150], begun: [0, 100], cancelled: [2] },
    ],
    [
      'no more attempts than allowed, each a delay after the one before',
      {
        attempts: [
          [900, 'ok'],
          [900, 'ok'],
          [900, 'ok'],
        ],
      },
      { result: ['answer of 1', 900], begun: [0, 100, 200], cancelled: [2, 3] },
    ],
    [
      'a non-fatal failure sends the next at once',
      {
        attempts: [
          [10, failure('UNAVAILABLE')],
          [20, 'ok'],
        ],
      },
      { result: ['answer of 2', 30], begun: [0, 10], cancelled: [] },
    ],
    [
      'a fatal failure ends the call and the attempts beside it',
      {
        attempts: [
          [5_000, 'ok'],
          [20, failure('NOT_FOUND')],
        ],
      },
      { result: ['NOT_FOUND', 120], begun: [0, 100], cancelled: [1] },
    ],
    [
      'when all fail the last failure is told',
      {
        attempts: [
          [10, failure('UNAVAILABLE')],
          [10, failure('UNAVAILABLE')],
          [10, failure('UNAVAILABLE')],
        ],
      },
      { result: ['UNAVAILABLE', 30], begun: [0, 10, 20], cancelled: [] },
    ],
    [
      'a call that never left goes elsewhere at once, whatever its status',
      {
        attempts: [
          [0, failure('DEADLINE_EXCEEDED', { neverSent: true })],
          [5, 'ok'],
        ],
      },
      { result: ['answer of 2', 5], begun: [0, 0] },
    ],
    [
      'what Weir itself holds back is not tried again',
      {
        attempts: [
          [0, new WeirError('UNAVAILABLE', 'held', { neverSent: true, retryAfterMs: 1_000 })],
        ],
      },
      { result: ['UNAVAILABLE', 0], begun: [0] },
    ],
    [
      'the backend says when the next may come',
      {
        attempts: [
          [10, pushback('50')],
          [20, 'ok'],
        ],
      },
      { result: ['answer of 2', 80], begun: [0, 60] },
    ],
    [
      'the backend says that none may come, and the others go on',
      {
        attempts: [
          [200, 'ok'],
          [10, pushback('-1')],
        ],
      },
      { result: ['answer of 1', 200], begun: [0, 100], cancelled: [] },
    ],
    [
      'the backend says never to the only one',
      { attempts: [[10, pushback('-1')]] },
      { result: ['UNAVAILABLE', 10], begun: [0] },
    ],
    [
      'none is sent that could not end before the deadline',
      { attempts: [[140, failure('DEADLINE_EXCEEDED')]], deadline: 100 },
      { result: ['DEADLINE_EXCEEDED', 140], begun: [0] },
    ],
    [
      'none is sent that the budget does not allow',
      { attempts: [[500, 'ok']], budget: { ratio: 0.2, minPerSecond: 0 } },
      { result: ['answer of 1', 500], begun: [0], withheld: 1 },
    ],
    [
      'a caller who leaves takes all attempts along',
      {
        attempts: [
          [900, 'ok'],
          [900, 'ok'],
        ],
        cancelAt: 150,
      },
      { result: ['CANCELLED', 150], begun: [0, 100], cancelled: [1, 2] },
    ],
  ])('%s', async (_, script, expected) => {
    expect(await run(script)).toMatchObject(expected);
  });
});

test.each<[string, Script['budget']]>([
  ['hedge', undefined],
  ['hedge withheld by the budget', { ratio: 0, minPerSecond: 0 }],
])('%s: is among the events of the call', async (name, budget) => {
  const notes = new CallNotes();
  const attempts: Ending[] = [
    [150, 'ok'],
    [5_000, 'ok'],
  ];
  await run({ attempts, policy: { maxAttempts: 2 }, ...(budget && { budget }) }, notes);
  expect(notes.events).toMatchObject([{ name }]);
});
