import { expect, test } from 'vitest';
import { ANONYMOUS } from '../auth/identity.ts';
import { rateLimitSection } from '../config/rate-limit-section.ts';
import { InFlight } from '../ratelimit/in-flight.ts';
import { createLimitDecisions } from '../ratelimit/limit-decisions.ts';
import { type LimitStore, UNCOUNTED } from '../ratelimit/limit-store.ts';
import { CallNotes } from '../telemetry/call-notes.ts';
import { createUnaryLimit } from './limit.ts';
import type { AuthenticatedCall } from './permitted-call.ts';
import type { Reply } from './reply.ts';

test.each<[what: string, store: LimitStore, events: readonly object[] | undefined]>([
  [
    'that has to be asked has its answer',
    { take: async () => UNCOUNTED },
    [{ name: 'limiter answered' }],
  ],
  ['that knows has nothing', { take: () => UNCOUNTED }, undefined],
])('a limiter %s among the events of the call', async (_, store, events) => {
  const notes = new CallNotes();
  const call = {
    notes,
    identity: ANONYMOUS,
    peer: { address: '192.0.2.1' },
    headers: {},
    method: {},
  } as unknown as AuthenticatedCall;
  const limit = createUnaryLimit({
    config: rateLimitSection.parse({}),
    store,
    planOf: () => undefined,
    running: new InFlight(10),
    open: new InFlight(10),
    decisions: createLimitDecisions(),
  });
  const reply = {} as unknown as Reply;
  expect(await limit(() => reply)(call)).toBe(reply);
  expect(notes.events?.map(({ name }) => ({ name }))).toEqual(events);
});
