import { expect, test } from 'vitest';
import { EndpointMeter } from '../telemetry/metrics/endpoint-meter.ts';
import { LostStreams } from './balance/lost-streams.ts';
import { ResponseTime } from './balance/response-time.ts';
import type { BreakerState } from './breaker/breaker.ts';
import { createCandidates } from './candidates.ts';
import type { CheckedHealth, Endpoint } from './endpoint.ts';
import { Silence } from './hedging/silence.ts';
import type { Transport } from './transport/transport.ts';

const NOW = 1_000;

interface Given {
  readonly health?: CheckedHealth;
  readonly ejectedUntil?: number;
  readonly breaker?: 'open' | 'halfOpen' | 'ramping';
}

const STATES: Readonly<Record<'closed' | 'open' | 'halfOpen' | 'ramping', BreakerState>> = {
  closed: { name: 'closed' },
  open: { name: 'open', until: NOW + 1, openings: 1 },
  halfOpen: { name: 'halfOpen', openings: 1, probing: 0, successes: 0, probedAt: NOW },
  ramping: { name: 'ramping', since: NOW, openings: 1 },
};

function endpoint(address: string, given: Given = {}): Endpoint {
  return {
    target: { address, weight: 1, zone: '', version: '' },
    transport: {} as Transport,
    breaker: {
      state: STATES[given.breaker ?? 'closed'],
      mayEnter: () => given.breaker === undefined || given.breaker === 'halfOpen',
      enter: () => undefined,
      hasten: () => {},
    },
    meter: new EndpointMeter(),
    inFlight: 0,
    streams: 0,
    lostStreams: new LostStreams(),
    responseTime: new ResponseTime(),
    silence: new Silence(),
    health: given.health ?? 'unknown',
    ejectedUntil: given.ejectedUntil ?? 0,
    ejectedAt: 0,
    lastFailure: undefined,
    lastCounted: undefined,
    since: Number.NEGATIVE_INFINITY,
  };
}

const DOWN: Given = { health: 'unhealthy' };
const EJECTED: Given = { ejectedUntil: NOW + 1 };
const OPEN: Given = { breaker: 'open' };
/** And the breaker would let a probe through. */
const PROBED: Given = { breaker: 'halfOpen' };
/** And the ramp refuses the call. */
const RAMPING: Given = { breaker: 'ramping' };
const PROVEN: Given = { ...DOWN, ...PROBED };

test.each<[string, Given[], number, string]>([
  ['everyone serves', [{}, {}, {}], 0.5, 'abc'],
  ['an ejection that is over', [{ ejectedUntil: NOW }, {}], 0.5, 'ab'],
  ['one is unhealthy, one ejected, one broken', [DOWN, EJECTED, OPEN, {}, {}, {}], 0.5, 'def'],
  ['fewer than half look healthy: panic', [DOWN, DOWN, {}], 0.5, 'abc'],
  ['half look healthy: no panic', [DOWN, {}], 0.5, 'b'],
  ['all look unhealthy: panic', [DOWN, EJECTED], 0.5, 'ab'],
  ['panic switched off', [DOWN, DOWN], 0, ''],
  ['open breakers hold in a panic too', [DOWN, DOWN, OPEN], 0.5, 'ab'],
  ['two look ill, and their calls fail too: no panic', [PROVEN, PROVEN, {}], 0.5, 'c'],
  ['one of the two: no panic either', [PROVEN, DOWN, {}], 0.5, 'c'],
  ['one of three: half of the others look healthy', [PROVEN, DOWN, DOWN, {}, {}], 0.5, 'de'],
  ['one of four: fewer than half of the others do', [PROVEN, DOWN, DOWN, DOWN, {}], 0.5, 'abcde'],
  ['all look ill, and the calls of all failed: they are probed', [PROVEN, PROVEN], 0.5, 'ab'],
  ['likewise with panic switched off', [PROVEN, PROVEN], 0, ''],
  ['all breakers open', [OPEN, OPEN], 0.5, ''],
  ['nobody there', [], 0.5, ''],
  ['a ramp sends calls to the others', [RAMPING, {}], 0.5, 'b'],
  ['a ramp of the only one turns no call away', [RAMPING], 0.5, 'a'],
  ['nor do the ramps of all', [RAMPING, RAMPING], 0.5, 'ab'],
  ['nor a ramp beside an open breaker', [RAMPING, OPEN], 0.5, 'a'],
  ['a ramp beside an endpoint that looks ill', [RAMPING, DOWN], 0.5, 'a'],
  ['the ramps of all in a panic', [{ ...RAMPING, ...DOWN }, DOWN, OPEN], 0.5, 'b'],
  [
    'the ramps of all, and they look ill: panic',
    [
      { ...RAMPING, ...DOWN },
      { ...RAMPING, ...EJECTED },
    ],
    0.5,
    'ab',
  ],
])('%s', (_, given, panicThreshold, expected) => {
  const endpoints = given.map((each, index) => endpoint('abcdef'[index] ?? '', each));
  const candidates = createCandidates(panicThreshold).among(endpoints, NOW);
  expect(candidates.map(({ target }) => target.address).join('')).toBe(expected);
});

test('a condition that changed counts from the next call on', () => {
  const endpoints = [endpoint('a'), endpoint('b'), endpoint('c')];
  const candidates = createCandidates(0.5);
  const addresses = (now: number) =>
    candidates.among(endpoints, now).map(({ target }) => target.address);
  expect(addresses(NOW)).toEqual(['a', 'b', 'c']);
  const [first] = endpoints;
  if (first === undefined) throw new Error('no endpoint');
  first.ejectedUntil = NOW + 5;
  candidates.conditionChanged();
  expect(addresses(NOW)).toEqual(['b', 'c']);
  // That an ejection ran out is no event.
  expect(addresses(NOW + 5)).toEqual(['b', 'c', 'a']);
});
