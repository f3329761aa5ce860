import { EmptySchema } from '@bufbuild/protobuf/wkt';
import { expect, test, vi } from 'vitest';
import { createBackendCall } from '../../../test/support/backend-call.ts';
import { createTestEndpoint } from '../../../test/support/endpoint.ts';
import { WeirError } from '../../errors.ts';
import { CallNotes } from '../../telemetry/call-notes.ts';
import type { Attempt } from '../attempt.ts';
import type { Endpoint } from '../endpoint.ts';
import { type BreakerOutcome, createBreaker, DEFAULT_BREAKER_OPTIONS } from './breaker.ts';
import { createConsecutiveFailures } from './consecutive-failures.ts';
import { createGuardStep, createStreamGuardStep } from './guard.ts';

const ATTEMPT: Attempt = {
  call: createBackendCall({ descriptor: { input: EmptySchema } }),
  number: 1,
  deadline: undefined,
  tried: [],
};

function setUp() {
  const time = { now: 0 };
  const breaker = createBreaker(
    createConsecutiveFailures(1),
    DEFAULT_BREAKER_OPTIONS,
    () => time.now,
    // Makes the jitter factor exactly 1.
    () => 0.5,
  );
  const endpoint = { ...createTestEndpoint(), breaker };
  const observed: BreakerOutcome[] = [];
  const openFailing = (error: WeirError) => () =>
    createStreamGuardStep((_, outcome) => observed.push(outcome))(() => {
      throw error;
    })(ATTEMPT, endpoint);
  return { time, breaker, endpoint, observed, openFailing };
}

test('streams that say nothing do not keep their places as probes', async () => {
  vi.useFakeTimers();
  try {
    const { time, breaker, endpoint, observed } = setUp();
    breaker.enter()?.('failure');
    time.now = 1_000;
    breaker.enter()?.('success');
    const forever = new Promise<IteratorResult<Uint8Array, undefined>>(() => {});
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => forever }) };
    const guarded = createStreamGuardStep((_, outcome) => observed.push(outcome))(() => silent);
    for (let count = 0; count < DEFAULT_BREAKER_OPTIONS.probes; count++) {
      guarded(ATTEMPT, endpoint)[Symbol.asyncIterator]().next().catch(expect.unreachable);
    }
    expect(breaker.mayEnter()).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(breaker.state).toMatchObject({ name: 'halfOpen', probing: 0 });
    expect(observed).toEqual(Array(DEFAULT_BREAKER_OPTIONS.probes).fill('ignored'));
    expect(endpoint.streams).toBe(DEFAULT_BREAKER_OPTIONS.probes);
  } finally {
    vi.useRealTimers();
  }
});

const refused = new WeirError('INVALID_ARGUMENT', 'no such metadata', { neverSent: true });
const lost = new WeirError('UNAVAILABLE', 'connection refused', { origin: 'backend' });

test('a stream that cannot be opened gives its place as a probe back', () => {
  const { time, breaker, endpoint, observed, openFailing } = setUp();
  breaker.enter()?.('failure');
  time.now = 1_000;
  const tries = DEFAULT_BREAKER_OPTIONS.probes + 1;
  for (let count = 0; count < tries; count++) expect(openFailing(refused)).toThrow(refused);
  expect(breaker.state).toMatchObject({ name: 'halfOpen', probing: 0 });
  expect(observed).toEqual(Array(tries).fill('ignored'));
  expect(endpoint.streams).toBe(0);
});

test('a stream that the backend does not let open counts against it', () => {
  const { breaker, endpoint, observed, openFailing } = setUp();
  expect(openFailing(lost)).toThrow(lost);
  expect(breaker.state.name).toBe('open');
  expect(observed).toEqual(['failure']);
  expect(endpoint.lastFailure).toMatchObject({ code: 'UNAVAILABLE' });
  expect(endpoint.lostStreams.faded(endpoint.lastFailure?.at ?? 0)).toBe(1);
});

const loss = () => new WeirError('UNAVAILABLE', 'connection lost', { origin: 'backend' });
const shared = loss();
const unreachable = new WeirError('UNAVAILABLE', 'nobody listens', {
  origin: 'backend',
  neverSent: true,
});

test.each<[string, readonly WeirError[], readonly BreakerOutcome[]]>([
  [
    'calls that one connection lost are one failure',
    [shared, shared, shared],
    ['failure', 'ignored', 'ignored'],
  ],
  [
    'those of another connection are another',
    [shared, loss(), shared],
    ['failure', 'failure', 'failure'],
  ],
  ['calls that reached nobody count each', [unreachable, unreachable], ['failure', 'failure']],
])('%s', async (_, errors, expected) => {
  const observed: BreakerOutcome[] = [];
  const endpoint = createTestEndpoint();
  const guard = createGuardStep(
    (_endpoint, outcome) => observed.push(outcome),
    () => 0,
  );
  for (const error of errors) {
    await expect(guard(() => Promise.reject(error))(ATTEMPT, endpoint)).rejects.toThrow(error);
  }
  expect(observed).toEqual(expected);
});

/** An endpoint whose breaker gave its last place for a probe away between picking and entering. */
const FULL = {
  target: { address: '10.0.0.1:50051', weight: 1, zone: '', version: '' },
  breaker: { state: { name: 'halfOpen' }, mayEnter: () => true, enter: () => undefined },
} as unknown as Endpoint;

const REFUSED = [{ name: 'breaker refused', attributes: { 'weir.endpoint': '10.0.0.1:50051' } }];
const ERROR = expect.objectContaining({ code: 'UNAVAILABLE', neverSent: true });

function never(): never {
  throw new Error('it must not be sent');
}

test('a call that the breaker refuses is not sent, and has it among its events', async () => {
  const notes = new CallNotes();
  const attempt = { call: { notes } } as unknown as Attempt;
  const guarded = createGuardStep(never, () => 0)(never);
  await expect(guarded(attempt, FULL)).rejects.toEqual(ERROR);
  expect(notes.events).toMatchObject(REFUSED);
  expect(notes.attempts).toBeUndefined();
});

test('a stream that the breaker refuses likewise', () => {
  const notes = new CallNotes();
  const attempt = { call: { notes } } as unknown as Attempt;
  expect(() => createStreamGuardStep(never)(never)(attempt, FULL)).toThrow(ERROR);
  expect(notes.events).toMatchObject(REFUSED);
});
