import { expect, test } from 'vitest';
import { type GrpcCode, WeirError } from '../errors.ts';
import { Cancellation } from '../lib/cancellation.ts';
import { AnswerCache } from './answer-cache.ts';
import type { CacheTerms } from './cached-answer.ts';
import { MemoryLayer } from './memory-layer.ts';

const TERMS: CacheTerms = {
  ttlMs: 1_000,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  negativeTtlMs: 0,
};

function createSubject(given: Partial<CacheTerms> = {}) {
  const terms = { ...TERMS, ...given };
  let now = 1_000_000;
  const cache = new AnswerCache({
    memory: new MemoryLayer({ maxBytes: 1_000_000, maxAnswerBytes: 100_000 }),
    redis: undefined,
    now: () => now,
  });
  const pending: {
    readonly cancellation: Cancellation;
    readonly answer: (json: string) => void;
    readonly fail: (error: unknown) => void;
  }[] = [];
  return {
    cache,
    /** Backend calls made so far, in order. */
    pending,
    tick(milliseconds: number) {
      now += milliseconds;
    },
    async fetch(key: string, caller = new Cancellation()) {
      return cache.fetch({
        key,
        terms,
        caller,
        load: (cancellation) =>
          new Promise((resolve, reject) => {
            cancellation.onCancel(reject);
            pending.push({ cancellation, answer: resolve, fail: reject });
          }),
      });
    },
    /** A fetch whose backend call, if it makes one, is answered at once. */
    async fetchNow(key: string, json: string) {
      const outcome = this.fetch(key);
      await turn();
      pending.at(-1)?.answer(json);
      const { status, answer } = await outcome;
      return [status, answer.json];
    },
  };
}

/** Lets everything run that waits for nothing but a turn of its own. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('an answer is given again until its ttl is over', async () => {
  const subject = createSubject();
  const ask = (key: string, json: string) => subject.fetchNow(key, json);
  expect(await ask('a', '1')).toEqual(['miss', '1']);
  expect(await ask('a', '2')).toEqual(['hit', '1']);
  expect(await ask('b', '3')).toEqual(['miss', '3']);
  subject.tick(899);
  expect(await ask('a', '4')).toEqual(['hit', '1']);
  subject.tick(101);
  expect(await ask('a', '5')).toEqual(['miss', '5']);
  expect(subject.cache.counts).toEqual({ hit: 2, miss: 3, stale: 0, coalesced: 0 });
});

test('a thousand equal questions at expiry make one backend call', async () => {
  const subject = createSubject();
  await subject.fetchNow('a', '1');
  subject.tick(1_001);
  const answers = Array.from({ length: 1_000 }, () => subject.fetch('a'));
  await turn();
  expect(subject.pending).toHaveLength(2);
  subject.pending[1]?.answer('2');
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(Map.groupBy(statuses, (status) => status).get('coalesced')).toHaveLength(999);
});

test('one who leaves does not take the answer from the others; the last one ends the call', async () => {
  const subject = createSubject();
  const [ann, bob] = [new Cancellation(), new Cancellation()];
  const annsAnswer = subject.fetch('a', ann);
  const bobsAnswer = subject.fetch('a', bob);
  await turn();
  ann.cancel(new WeirError('CANCELLED', 'Ann left.'));
  await expect(annsAnswer).rejects.toThrow('Ann left.');
  expect(subject.pending[0]?.cancellation.cancelled).toBe(false);
  bob.cancel(new WeirError('CANCELLED', 'Bob left.'));
  await expect(bobsAnswer).rejects.toThrow('Bob left.');
  expect(subject.pending[0]?.cancellation.cancelled).toBe(true);
  // Whoever comes now is not handed the cancelled call.
  const carolsAnswer = subject.fetch('a');
  await turn();
  subject.pending[1]?.answer('1');
  expect(await carolsAnswer).toMatchObject({ status: 'miss' });
});

test('the deadline of the first caller is not the deadline of those who joined', async () => {
  const subject = createSubject();
  const first = subject.fetch('a');
  const second = subject.fetch('a');
  await turn();
  subject.pending[0]?.fail(new WeirError('DEADLINE_EXCEEDED', 'too late'));
  await expect(first).rejects.toThrow('too late');
  await turn();
  subject.pending[1]?.answer('1');
  expect(await second).toMatchObject({ status: 'miss' });
});

test('a failure is shared by those who wait, and not kept', async () => {
  const subject = createSubject();
  const answers = [subject.fetch('a'), subject.fetch('a')];
  await turn();
  subject.pending[0]?.fail(new WeirError('UNAVAILABLE', 'down'));
  const results = await Promise.allSettled(answers);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await subject.fetchNow('a', '1')).toEqual(['miss', '1']);
});

test('stale while revalidate: the old answer at once, one new call behind it', async () => {
  const subject = createSubject({ staleWhileRevalidateMs: 500 });
  await subject.fetchNow('a', '1');
  subject.tick(1_001);
  const [first, second] = await Promise.all([subject.fetch('a'), subject.fetch('a')]);
  expect([first, second].map(({ status, answer }) => [status, answer.json])).toEqual([
    ['stale', '1'],
    ['stale', '1'],
  ]);
  await turn();
  expect(subject.pending).toHaveLength(2);
  subject.pending[1]?.answer('2');
  await turn();
  expect(await subject.fetchNow('a', '3')).toEqual(['hit', '2']);
});

test.each<[GrpcCode, boolean]>([
  ['UNAVAILABLE', true],
  ['DEADLINE_EXCEEDED', true],
  ['INTERNAL', true],
  ['UNKNOWN', true],
  ['NOT_FOUND', false],
  ['PERMISSION_DENIED', false],
  ['RESOURCE_EXHAUSTED', false],
])('stale if error: %s allows the old answer: %s', async (code, allowed) => {
  const subject = createSubject({ staleIfErrorMs: 10_000 });
  await subject.fetchNow('a', '1');
  subject.tick(5_000);
  const fetched = subject.fetch('a').then(
    ({ status, answer }) => `${status} ${answer.json}`,
    (error: WeirError) => error.code,
  );
  await turn();
  subject.pending.at(-1)?.fail(new WeirError(code, 'no', { origin: 'backend' }));
  expect(await fetched).toBe(allowed ? 'stale 1' : code);
});

test('stale if error ends with its limit', async () => {
  const subject = createSubject({ staleIfErrorMs: 10_000 });
  await subject.fetchNow('a', '1');
  subject.tick(11_001);
  const fetched = subject.fetch('a');
  await turn();
  subject.pending.at(-1)?.fail(new WeirError('UNAVAILABLE', 'down'));
  await expect(fetched).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test.each([
  { negativeTtlMs: 0, origin: 'backend', calls: 2 },
  { negativeTtlMs: 500, origin: 'backend', calls: 1 },
  { negativeTtlMs: 500, origin: 'gateway', calls: 2 },
] as const)(
  'NOT_FOUND from the $origin with negative ttl $negativeTtlMs: $calls calls',
  async ({ negativeTtlMs, origin, calls }) => {
    const subject = createSubject({ negativeTtlMs });
    const ask = async () => {
      const refused = expect(subject.fetch('a')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await turn();
      subject.pending.at(-1)?.fail(new WeirError('NOT_FOUND', 'none', { origin }));
      await refused;
    };
    await ask();
    await ask();
    expect(subject.pending).toHaveLength(calls);
  },
);

test('a ttl of nothing keeps nothing, and still makes one call of equal ones', async () => {
  const subject = createSubject({ ttlMs: 0 });
  const answers = [subject.fetch('a'), subject.fetch('a')];
  await turn();
  subject.pending[0]?.answer('1');
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(['miss', 'coalesced']);
  expect(subject.cache.answers).toBe(0);
});
