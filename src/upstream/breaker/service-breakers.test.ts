import { expect, test } from 'vitest';
import { upstreamSection } from '../../config/upstream-section.ts';
import type { Method } from '../../contract/method.ts';
import { WeirError, type WeirErrorOptions } from '../../errors.ts';
import { CallNotes } from '../../telemetry/call-notes.ts';
import type { BackendCall } from '../backend-call.ts';
import type { UnaryReply } from '../transport/transport.ts';
import { createServiceBreakers, createServiceGuardStep } from './service-breakers.ts';

const REPLY: UnaryReply = { message: new Uint8Array(), headers: [], trailers: [] };
const failed = (code: WeirError['code'], options: WeirErrorOptions = {}) =>
  new WeirError(code, 'failed', { origin: 'backend', ...options });

function setUp() {
  const time = { now: 0 };
  const changes: string[] = [];
  const { serviceBreaker } = upstreamSection.parse({ endpoints: ['a:1'], serviceBreaker: {} });
  if (serviceBreaker === undefined) throw new Error('no configuration');
  let outcome: WeirError | 'ok' = 'ok';
  let asked = 0;
  const breakers = createServiceBreakers({
    upstream: 'market',
    config: serviceBreaker,
    clock: () => time.now,
    // Makes the jitter factor exactly 1.
    random: () => 0.5,
    onChange: (service, { name }) => changes.push(`${service} ${name}`),
  });
  const guarded = createServiceGuardStep(breakers)(async () => {
    asked++;
    if (outcome === 'ok') return REPLY;
    throw outcome;
  });
  const methods: Record<string, Method> = {};
  return {
    time,
    changes,
    breakers,
    asked: () => asked,
    async call(service: string, next: WeirError | 'ok', notes?: CallNotes) {
      outcome = next;
      methods[service] ??= { rpcPath: `/${service}/Get` } as unknown as Method;
      return guarded({ method: methods[service], notes } as unknown as BackendCall).then(
        () => 'ok',
        (error: unknown) => error,
      );
    },
  };
}

test('a service that fails everywhere is held back, and another of the same upstream is not', async () => {
  const { call, changes, asked, time } = setUp();
  for (let count = 0; count < 20; count++) {
    await call('a.Bad', failed('INTERNAL'));
    await call('a.Good', 'ok');
  }
  expect(changes).toEqual(['a.Bad open']);
  time.now = 400;
  expect(await call('a.Bad', 'ok')).toMatchObject({
    code: 'UNAVAILABLE',
    message:
      'The service a.Bad of the backend "market" is failing, so its calls are held back until it recovers. The call was not sent.',
    retryAfterMs: 600,
    neverSent: true,
  });
  expect(asked()).toBe(40);
  expect(await call('a.Good', 'ok')).toBe('ok');
});

test('probes that succeed close it at once, for no ramp could send calls elsewhere', async () => {
  const { call, changes, time } = setUp();
  for (let count = 0; count < 20; count++) await call('a.S', failed('UNAVAILABLE'));
  time.now = 1_000;
  for (let count = 0; count < 20; count++) expect(await call('a.S', 'ok')).toBe('ok');
  expect(changes).toEqual(['a.S open', 'a.S halfOpen', 'a.S ramping', 'a.S closed']);
});

test('each reopening lasts twice as long, up to the most', async () => {
  const { call, time } = setUp();
  for (let count = 0; count < 20; count++) await call('a.S', failed('UNAVAILABLE'));
  const lasted: unknown[] = [];
  for (let opening = 0; opening < 5; opening++) {
    const refusal = await call('a.S', 'ok');
    const wait = refusal instanceof WeirError ? (refusal.retryAfterMs ?? 0) : 0;
    lasted.push(wait);
    time.now += wait;
    await call('a.S', failed('UNAVAILABLE'));
  }
  expect(lasted).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
});

test.each<[string, WeirError]>([
  ['no endpoint took it', new WeirError('UNAVAILABLE', 'x', { neverSent: true, retryAfterMs: 1 })],
  ['it was shed', new WeirError('RESOURCE_EXHAUSTED', 'x', { neverSent: true })],
  [
    'its deadline passed while it waited',
    new WeirError('DEADLINE_EXCEEDED', 'x', { neverSent: true }),
  ],
  ['the caller left', new WeirError('CANCELLED', 'x')],
  ['the caller erred', failed('INVALID_ARGUMENT')],
  ['the caller may not', failed('PERMISSION_DENIED')],
  ['the backend had too many', failed('RESOURCE_EXHAUSTED')],
])('it does not count that %s', async (_, error) => {
  const { call, changes } = setUp();
  for (let count = 0; count < 50; count++) await call('a.S', error);
  expect(changes).toEqual([]);
});

test('with one call in ten answered it is not held back: some answers are better than none', async () => {
  const { call, changes } = setUp();
  for (let count = 0; count < 200; count++) {
    await call('a.S', count % 9 === 0 ? 'ok' : failed('UNAVAILABLE'));
  }
  expect(changes).toEqual([]);
});

test('without a configuration it is no step at all', () => {
  const next = async () => REPLY;
  expect(createServiceGuardStep(undefined)(next)).toBe(next);
});

test('the state of each is there to be read, and a refused call has it among its events', async () => {
  const { breakers, call } = setUp();
  for (let count = 0; count < 20; count++) {
    await call('a.Bad', failed('INTERNAL'));
    await call('a.Good', 'ok');
  }
  expect(breakers.read()).toEqual([
    { service: 'a.Bad', breaker: 'open' },
    { service: 'a.Good', breaker: 'closed' },
  ]);
  const notes = new CallNotes();
  await call('a.Bad', 'ok', notes);
  expect(notes.events).toMatchObject([{ name: 'breaker of the service refused' }]);
});
