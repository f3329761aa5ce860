import { type Operation, TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { expect, test, vi } from 'vitest';
import { renewLink } from './renew-link.ts';

function refusal(reason: string, domain: string): TRPCClientError<AnyTRPCRouter> {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain }];
  const data = { grpc: { code: 'UNAUTHENTICATED', message: 'no', details } };
  return new TRPCClientError('no', { result: { error: { code: -32001, message: 'no', data } } });
}

/** How often a mutation is made that fails so each time. */
async function attemptsOf(error: TRPCClientError<AnyTRPCRouter>): Promise<number> {
  let attempts = 0;
  const op = { id: 1, type: 'mutation', path: 'order', input: {}, context: {}, signal: null };
  await new Promise<void>((resolve) => {
    renewLink<AnyTRPCRouter>({ renew: async () => {} })({})({
      op: op as Operation,
      next: () =>
        observable((observer) => {
          attempts += 1;
          observer.error(error);
        }),
    }).subscribe({ error: () => resolve() });
  });
  return attempts;
}

test.each([
  ['refused by Weir, and so never made', 'TOKEN_EXPIRED', 'weir', 2],
  ['refused by Weir for what no token cures', 'LOGIN_FAILED', 'weir', 1],
  // Its backend has seen the call, and may have done half of it before a token of its own had died.
  ['answered by the backend in the same words', 'TOKEN_EXPIRED', 'venue.example', 1],
])('a call %s', async (_, reason, domain, attempts) => {
  expect(await attemptsOf(refusal(reason, domain))).toBe(attempts);
});

type Step = 'started' | 'silence' | { id: string } | TRPCClientError<AnyTRPCRouter>;

/** A subscription whose attempts bring these, one script after the other, until an error is final. */
async function subscribe(scripts: Step[][]) {
  vi.useFakeTimers();
  const inputs: unknown[] = [];
  const states: unknown[] = [];
  const op = { id: 1, type: 'subscription', path: 'watch', input: { a: 1 }, context: {} };
  await new Promise<void>((resolve) => {
    renewLink<AnyTRPCRouter>({ renew: async () => {} })({})({
      op: op as Operation,
      next: ({ input }) =>
        observable((observer) => {
          inputs.push(input);
          for (const step of scripts.shift() ?? []) {
            if (step instanceof TRPCClientError) observer.error(step);
            else if (step === 'started') observer.next({ result: { type: 'started' } });
            else if (step === 'silence') vi.advanceTimersByTime(60_000);
            else observer.next({ result: { type: 'data', data: step.id, id: step.id } });
          }
          if (scripts.length === 0) observer.complete();
        }),
    }).subscribe({
      next: ({ result }) => result.type === 'state' && states.push(result.state),
      error: () => resolve(),
      complete: () => resolve(),
    });
  });
  vi.useRealTimers();
  return { inputs, states };
}

const EXPIRED = refusal('TOKEN_EXPIRED', 'weir');

test.each<[string, Step[][], number]>([
  // A gateway says `started` before it looks at who calls.
  [
    'refused at once with the newer token as well',
    [['started', EXPIRED], ['started', EXPIRED], []],
    2,
  ],
  [
    'that brings something with each token',
    [[{ id: '1' }, EXPIRED], [{ id: '2' }, EXPIRED], []],
    3,
  ],
  [
    'that is let in and silent',
    [['started', 'silence', EXPIRED], ['started', 'silence', EXPIRED], []],
    3,
  ],
])('a stream %s', async (_, scripts, attempts) => {
  const { inputs } = await subscribe(scripts);
  expect(inputs).toHaveLength(attempts);
});

test('a stream goes on after its last event, and tells of the gap', async () => {
  const { inputs, states } = await subscribe([[{ id: '7' }, EXPIRED], []]);
  expect(inputs).toEqual([{ a: 1 }, { a: 1, lastEventId: '7' }]);
  expect(states).toEqual(['connecting']);
});
