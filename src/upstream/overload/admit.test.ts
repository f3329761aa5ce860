import { describe, expect, test } from 'vitest';
import { upstreamSection } from '../../config/upstream-section.ts';
import type { Method } from '../../contract/method.ts';
import type { Priority } from '../../contract/policy.ts';
import { WeirError } from '../../errors.ts';
import { Cancellation } from '../../lib/cancellation.ts';
import { CallNotes } from '../../telemetry/call-notes.ts';
import type { Attempt, AttemptHandler } from '../attempt.ts';
import type { UnaryReply } from '../transport/transport.ts';
import { createAdmission } from './admit.ts';

const REPLY: UnaryReply = { message: new Uint8Array(), headers: [], trailers: [] };
const ONE_AT_A_TIME = { initial: 1, min: 1, max: 1 };
const BUSY = {
  code: 'RESOURCE_EXHAUSTED',
  message: expect.stringContaining('The backend "market" is busy'),
  retryAfterMs: 1_000,
  neverSent: true,
};

interface Given {
  readonly priority?: Priority;
  readonly deadline?: number;
  readonly cancellation?: Cancellation;
  readonly notes?: CallNotes;
}

/** Calls that answer when told, on a clock that moves when told. */
function setUp(config: object, endpoints = 1) {
  let now = 0;
  let shed = 0;
  const sleeping = new Set<{ readonly until: number; readonly wake: () => void }>();
  const arrived: Priority[] = [];
  const answers: PromiseWithResolvers<UnaryReply>[] = [];
  const next: AttemptHandler = ({ call }) => {
    const answer = Promise.withResolvers<UnaryReply>();
    arrived.push(call.method.policy.priority);
    answers.push(answer);
    return answer.promise;
  };
  const { step, gate } = createAdmission({
    upstream: 'market',
    config: upstreamSection.parse({ endpoints: ['a:1'], ...config }),
    candidates: () => endpoints,
    clock: () => now,
    sleep: (ms, waiting) =>
      new Promise((resolve, reject) => {
        const sleeper = { until: now + ms, wake: resolve };
        sleeping.add(sleeper);
        waiting.onCancel((reason) => {
          sleeping.delete(sleeper);
          reject(reason);
        });
      }),
    onShed: () => shed++,
  });
  const go = step(next);
  return {
    next,
    go,
    step,
    gate,
    arrived,
    answers,
    sleeping,
    shed: () => shed,
    call({ priority = 'default', deadline, cancellation = new Cancellation(), notes }: Given = {}) {
      const method = { policy: { priority } } as unknown as Method;
      const attempt = { call: { method, deadline, cancellation, notes } } as unknown as Attempt;
      return go(attempt).then(
        () => 'answered',
        (error: unknown) => error,
      );
    },
    async answer(position: number) {
      answers[position]?.resolve(REPLY);
      await new Promise(setImmediate);
    },
    async pass(ms: number) {
      now += ms;
      for (const { until, wake } of sleeping) if (until <= now) wake();
      await new Promise(setImmediate);
    },
  };
}

describe('without a queue', () => {
  test('a call above the limit is refused at once and told when to come back', async () => {
    const { answers, call, answer, shed } = setUp({ adaptiveConcurrency: ONE_AT_A_TIME });
    const running = call();
    expect(await call()).toMatchObject(BUSY);
    expect([answers.length, shed()]).toEqual([1, 1]);
    await answer(0);
    expect(await running).toBe('answered');
  });

  test.each(['resolve', 'reject'] as const)('what ends, by %s, makes room', async (end) => {
    const { answers, call } = setUp({ adaptiveConcurrency: ONE_AT_A_TIME });
    const first = call();
    if (end === 'resolve') answers[0]?.resolve(REPLY);
    else answers[0]?.reject(new WeirError('UNAVAILABLE', 'gone'));
    await first;
    void call();
    expect(answers).toHaveLength(2);
  });

  test('without a limit it is no step at all', () => {
    const { step, next } = setUp({});
    expect(step(next)).toBe(next);
  });
});

describe('with a queue', () => {
  const QUEUE = { queue: { maxInFlight: 1, maxPending: 2, maxWait: '100ms' } };

  test('who waits and who is refused have it among the events of their calls, and the gate knows', async () => {
    const { call, answer, gate } = setUp({ queue: { ...QUEUE.queue, maxPending: 1 } });
    const [waits, shed] = [new CallNotes(), new CallNotes()];
    void call();
    void call({ notes: waits });
    expect(gate).toMatchObject({ pending: 1, limit: 1 });
    await call({ notes: shed });
    expect(waits.events).toMatchObject([{ name: 'waits for room' }]);
    expect(shed.events).toMatchObject([
      { name: 'waits for room' },
      { name: 'shed', attributes: { 'weir.upstream': 'market', 'weir.limit': 1 } },
    ]);
    await answer(0);
    expect(gate).toMatchObject({ pending: 0 });
    await answer(1);
  });

  test('orders go before what came earlier, and bulk last', async () => {
    const { arrived, call, answer } = setUp({ queue: { ...QUEUE.queue, maxPending: 9 } });
    const calls = (['default', 'bulk', 'default', 'critical'] as const).map((priority) =>
      call({ priority }),
    );
    for (let position = 0; position < 4; position++) await answer(position);
    expect(arrived).toEqual(['default', 'critical', 'default', 'bulk']);
    expect(await Promise.all(calls)).toEqual(Array(4).fill('answered'));
  });

  test('an order that finds the queue full takes the place of the bulk that came last', async () => {
    const { call, answer, arrived, shed } = setUp(QUEUE);
    const running = call();
    const [bulk, other] = [call({ priority: 'bulk' }), call({ priority: 'bulk' })];
    const order = call({ priority: 'critical' });
    expect(await other).toMatchObject(BUSY);
    expect(shed()).toBe(1);
    for (let position = 0; position < 3; position++) await answer(position);
    expect(await Promise.all([running, bulk, order])).toEqual(Array(3).fill('answered'));
    expect(arrived).toEqual(['default', 'critical', 'bulk']);
  });

  test.each<[string, Given, number, object]>([
    ['the longest wait', {}, 100, BUSY],
    ['its deadline', { deadline: 40 }, 40, { code: 'DEADLINE_EXCEEDED', neverSent: true }],
  ])('nobody waits beyond %s, and it was not sent', async (_, given, afterMs, expected) => {
    const { call, pass, answers, sleeping, answer } = setUp(QUEUE);
    void call();
    const waiting = call(given);
    await pass(afterMs - 1);
    expect(sleeping.size).toBe(1);
    await pass(1);
    expect(await waiting).toMatchObject(expected);
    await answer(0);
    expect(answers).toHaveLength(1);
  });

  test('a caller who leaves waits no more, and leaves no timer', async () => {
    const { call, answer, answers, sleeping } = setUp(QUEUE);
    void call();
    const cancellation = new Cancellation();
    const waiting = call({ cancellation });
    cancellation.cancel(new WeirError('CANCELLED', 'the caller left'));
    expect(await waiting).toMatchObject({ code: 'CANCELLED' });
    expect(sleeping.size).toBe(0);
    await answer(0);
    expect(answers).toHaveLength(1);
  });

  test('a caller who has left takes no place', async () => {
    const { call, sleeping } = setUp(QUEUE);
    void call();
    const cancellation = new Cancellation();
    cancellation.cancel(new WeirError('CANCELLED', 'the caller left'));
    expect(await call({ cancellation })).toMatchObject({ code: 'CANCELLED' });
    expect(sleeping.size).toBe(0);
  });

  test.each<[Priority, number]>([
    ['critical', 20],
    ['default', 19],
    ['bulk', 16],
  ])('%s calls fill %i of twenty places, ten at each of two endpoints', (priority, places) => {
    const { call, answers } = setUp({ queue: { maxInFlight: 10, maxPending: 50 } }, 2);
    for (let count = 0; count < 30; count++) void call({ priority });
    expect(answers).toHaveLength(places);
  });
});
