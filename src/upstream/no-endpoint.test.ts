import { expect, test } from 'vitest';
import { createTestEndpoint } from '../../test/support/endpoint.ts';
import type { BreakerState } from './breaker/breaker.ts';
import { noEndpoint } from './no-endpoint.ts';

const NOW = 10_000;
const open = (until: number): BreakerState => ({ name: 'open', until, openings: 1 });
const probing: BreakerState = {
  name: 'halfOpen',
  openings: 1,
  probing: 3,
  successes: 0,
  probedAt: 0,
};

test.each<[string, BreakerState[], number]>([
  ['the first breaker to probe says when', [open(14_000), open(12_500)], 2_500],
  ['a breaker that may probe now', [open(9_000), open(12_500)], 1],
  ['probes are under way', [probing], 1_000],
  ['unhealthy, and no breaker open', [{ name: 'closed' }], 1_000],
])('%s', (_, states, retryAfterMs) => {
  const endpoints = states.map((state) => createTestEndpoint({ state }));
  const error = noEndpoint('market', endpoints, NOW);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', neverSent: true, retryAfterMs });
  expect(error.message).toContain('"market" is failing');
});

test('discovery found nobody yet', () => {
  expect(noEndpoint('market', [], NOW).message).toBe(
    'The backend "market" has no endpoints at the moment. The call was not sent.',
  );
});
