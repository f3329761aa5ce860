import { type Operation, TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { expect, test } from 'vitest';
import { renewLink } from './renew-link.ts';
import type { WeirSession } from './session.ts';

function refusal(reason: string, domain: string): TRPCClientError<AnyTRPCRouter> {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain }];
  const data = { grpc: { code: 'UNAUTHENTICATED', message: 'no', details } };
  return new TRPCClientError('no', { result: { error: { code: -32001, message: 'no', data } } });
}

/** How often a mutation is made that fails so each time. */
async function attemptsOf(error: TRPCClientError<AnyTRPCRouter>): Promise<number> {
  let attempts = 0;
  const session = { renew: async () => {} } as WeirSession;
  const op = { id: 1, type: 'mutation', path: 'order', input: {}, context: {}, signal: null };
  await new Promise<void>((resolve) => {
    renewLink<AnyTRPCRouter>(session)({})({
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
