import { expect, test } from 'vitest';
import { WeirError } from '../../errors.ts';
import type { Attempt, AttemptHandler } from '../attempt.ts';
import type { UnaryReply } from '../transport/transport.ts';
import { createShedStep } from './shed.ts';

const REPLY: UnaryReply = { message: new Uint8Array(), headers: [], trailers: [] };
const ONE_AT_A_TIME = { initial: 1, min: 1, max: 1, tolerance: 10, bestFor: 60_000 };
// The step hands the attempt on and looks at nothing but the call's notes.
const ATTEMPT = { call: {} } as Attempt;

function setUp() {
  const answers: PromiseWithResolvers<UnaryReply>[] = [];
  const next: AttemptHandler = () => {
    const answer = Promise.withResolvers<UnaryReply>();
    answers.push(answer);
    return answer.promise;
  };
  return { answers, call: createShedStep('market', ONE_AT_A_TIME, () => 0)(next) };
}

test('a call above the limit is refused at once and told when to come back', async () => {
  const { answers, call } = setUp();
  const running = call(ATTEMPT);
  await expect(call(ATTEMPT)).rejects.toMatchObject({
    code: 'RESOURCE_EXHAUSTED',
    message: expect.stringContaining('The backend "market" is busy'),
    retryAfterMs: 1_000,
    neverSent: true,
  });
  expect(answers).toHaveLength(1);
  answers[0]?.resolve(REPLY);
  expect(await running).toBe(REPLY);
});

test.each(['resolve', 'reject'] as const)('what ends, by %s, makes room', async (end) => {
  const { answers, call } = setUp();
  const first = call(ATTEMPT).catch((error: unknown) => error);
  if (end === 'resolve') answers[0]?.resolve(REPLY);
  else answers[0]?.reject(new WeirError('UNAVAILABLE', 'gone'));
  await first;
  void call(ATTEMPT);
  expect(answers).toHaveLength(2);
});

test('without a configuration it is no step at all', () => {
  const next: AttemptHandler = () => Promise.resolve(REPLY);
  expect(createShedStep('market', undefined, () => 0)(next)).toBe(next);
});
