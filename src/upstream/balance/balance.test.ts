import { describe, expect, test } from 'vitest';
import { ANONYMOUS, type Identity } from '../../auth/identity.ts';
import type { Method } from '../../contract/method.ts';
import { Cancellation } from '../../lib/cancellation.ts';
import { EndpointMeter } from '../../telemetry/metrics/endpoint-meter.ts';
import type { BackendCall } from '../backend-call.ts';
import type { Breaker, BreakerState } from '../breaker/breaker.ts';
import type { Endpoint } from '../endpoint.ts';
import { Silence } from '../hedging/silence.ts';
import type { Transport } from '../transport/transport.ts';
import type { Balancer } from './balancer.ts';
import { type CallKeySource, callKey } from './call-key.ts';
import { createConsistentHash } from './consistent-hash.ts';
import { effectiveWeight } from './effective-weight.ts';
import { createLeastRequest } from './least-request.ts';
import { LostStreams } from './lost-streams.ts';
import { ResponseTime } from './response-time.ts';
import { createRoundRobin } from './round-robin.ts';
import { createVersionSplit } from './version-split.ts';
import { createWeightedRoundRobin } from './weighted-round-robin.ts';
import { createZoneAware } from './zone-aware.ts';

interface Given {
  readonly weight?: number;
  readonly zone?: string;
  readonly version?: string;
  readonly inFlight?: number;
  readonly streams?: number;
  readonly since?: number;
  readonly state?: BreakerState;
}

function endpoint(address: string, given: Given = {}): Endpoint {
  return {
    target: {
      address,
      weight: given.weight ?? 1,
      zone: given.zone ?? '',
      version: given.version ?? '',
    },
    transport: {} as Transport,
    breaker: { state: given.state ?? { name: 'closed' } } as Breaker,
    meter: new EndpointMeter(),
    inFlight: given.inFlight ?? 0,
    streams: given.streams ?? 0,
    lostStreams: new LostStreams(),
    responseTime: new ResponseTime(),
    silence: new Silence(),
    health: 'unknown',
    ejectedUntil: 0,
    ejectedAt: 0,
    lastFailure: undefined,
    lastCounted: undefined,
    since: given.since ?? Number.NEGATIVE_INFINITY,
  };
}

function call(
  input: unknown = {},
  headers: BackendCall['headers'] = {},
  kind: Method['kind'] = 'unary',
): BackendCall {
  return {
    method: { kind } as Method,
    message: new Uint8Array(),
    metadata: [],
    deadline: undefined,
    cancellation: new Cancellation(),
    input,
    headers,
  };
}

/** mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function picks(balance: Balancer, candidates: readonly Endpoint[], times: number, key?: string) {
  return Array.from(
    { length: times },
    () => balance(candidates, call({ key }))?.target.address ?? 'none',
  );
}

function share(picked: readonly string[], address: string): number {
  return picked.filter((each) => each === address).length / picked.length;
}

const ALICE: Identity = {
  ...ANONYMOUS,
  proof: 'apiKey',
  issuer: 'https://issuer.example',
  subject: 'alice',
};

const weightOf = (each: Endpoint) => each.target.weight;
const keyOf = (each: BackendCall) => callKey({ field: 'key' }, each);

describe('no candidate, no endpoint', () => {
  test.each([
    ['round robin', createRoundRobin()],
    ['weighted round robin', createWeightedRoundRobin(weightOf)],
    ['least request', createLeastRequest(() => 0, seeded(1), weightOf)],
    ['consistent hash', createConsistentHash(keyOf, createRoundRobin(), () => 0)],
  ])('%s', (_, balance) => {
    expect(balance([], call({ key: 'k' }))).toBeUndefined();
  });
});

test('round robin takes each in turn', () => {
  const picked = picks(
    createRoundRobin(),
    ['a', 'b', 'c'].map((name) => endpoint(name)),
    6,
  );
  expect(picked).toEqual(['b', 'c', 'a', 'b', 'c', 'a']);
});

test('weighted round robin is smooth: the sequence that nginx documents', () => {
  const candidates = [
    endpoint('a', { weight: 5 }),
    endpoint('b', { weight: 1 }),
    endpoint('c', { weight: 1 }),
  ];
  const picked = picks(createWeightedRoundRobin(weightOf), candidates, 14);
  expect(picked.join('')).toBe('aabacaaaabacaa');
});

describe('least request', () => {
  test('between two, always the less busy', () => {
    const candidates = [endpoint('busy', { inFlight: 5 }), endpoint('idle', { inFlight: 1 })];
    const picked = picks(
      createLeastRequest(() => 0, seeded(7), weightOf),
      candidates,
      50,
    );
    expect(new Set(picked)).toEqual(new Set(['idle']));
  });

  test.each([
    ['a unary call where fewer of its kind are', 'unary', 'streaming'],
    ['a stream where fewer streams are', 'serverStreaming', 'calling'],
  ] as const)('%s', (_, kind, expected) => {
    const candidates = [
      endpoint('streaming', { inFlight: 0, streams: 9 }),
      endpoint('calling', { inFlight: 1, streams: 0 }),
    ];
    const balance = createLeastRequest(() => 0, seeded(7), weightOf);
    const picked = Array.from({ length: 50 }, () => balance(candidates, call({}, {}, kind)));
    expect(new Set(picked.map((each) => each?.target.address))).toEqual(new Set([expected]));
  });

  test('streams that were lost leave no room for others, until that is long ago', () => {
    const candidates = [endpoint('losing', { streams: 0 }), endpoint('keeping', { streams: 3 })];
    for (let lost = 0; lost < 6; lost++) candidates[0]?.lostStreams.lost(0);
    const pickedAt = (now: number) => {
      const balance = createLeastRequest(() => now, seeded(7), weightOf);
      return balance(candidates, call({}, {}, 'serverStreaming'))?.target.address;
    };
    expect([pickedAt(0), pickedAt(4_000), pickedAt(6_000)]).toEqual([
      'keeping',
      'keeping',
      'losing',
    ]);
  });

  test('what made the breaker open does not keep its probes away', () => {
    const halfOpen = {
      name: 'halfOpen',
      openings: 1,
      probing: 0,
      successes: 0,
      probedAt: 0,
    } as const;
    const candidates = [endpoint('back', { state: halfOpen }), endpoint('well')];
    for (let answers = 0; answers < 10; answers++) {
      candidates[0]?.responseTime.answered(500, 0);
      candidates[1]?.responseTime.answered(5, 0);
    }
    const picked = picks(
      createLeastRequest(() => 0, seeded(7), weightOf),
      candidates,
      50,
    );
    expect(new Set(picked)).toEqual(new Set(['back', 'well']));
  });

  describe('one that takes longer to answer counts as busier', () => {
    test.each([
      // A quarter of the calls in flight, but five times as slow.
      { slowMs: 50, slowInFlight: 0, quickInFlight: 3, share: 0 },
      { slowMs: 50, slowInFlight: 0, quickInFlight: 5, share: 1 },
      // Less than twice as slow is chance: calls in flight decide.
      { slowMs: 19, slowInFlight: 0, quickInFlight: 1, share: 1 },
      { slowMs: 19, slowInFlight: 1, quickInFlight: 0, share: 0 },
    ])('$slowMs ms with $slowInFlight in flight, against 10 ms with $quickInFlight', (given) => {
      const slow = endpoint('slow', { inFlight: given.slowInFlight });
      const quick = endpoint('quick', { inFlight: given.quickInFlight });
      for (let call = 0; call < 10; call++) {
        slow.responseTime.answered(given.slowMs, 0);
        quick.responseTime.answered(10, 0);
      }
      const balance = createLeastRequest(() => 0, seeded(7), weightOf);
      expect(share(picks(balance, [slow, quick], 50), 'slow')).toBe(given.share);
    });

    test('until its record has faded, so that it is tried again', () => {
      const slow = endpoint('slow');
      const quick = endpoint('quick', { inFlight: 1 });
      for (let call = 0; call < 10; call++) {
        slow.responseTime.answered(50, 0);
        quick.responseTime.answered(10, 0);
      }
      const pickedAt = (now: number) =>
        share(
          picks(
            createLeastRequest(() => now, seeded(7), weightOf),
            [slow, quick],
            50,
          ),
          'slow',
        );
      expect([pickedAt(0), pickedAt(5_000), pickedAt(10_000)]).toEqual([0, 0, 1]);
    });
  });

  test('twice the weight carries twice the calls in flight', () => {
    const candidates = [
      endpoint('large', { weight: 2, inFlight: 4 }),
      endpoint('small', { weight: 1, inFlight: 2 }),
    ];
    const picked = picks(
      createLeastRequest(() => 0, seeded(7), weightOf),
      candidates,
      50,
    );
    expect(new Set(picked)).toEqual(new Set(['large']));
  });

  test.each([
    ['idle', 0, 0],
    ['half refused', 20, 50],
  ])('one that refuses calls does not look %s', (_, inFlight, othersInFlight) => {
    const refusing = endpoint('refusing', { inFlight });
    const busy = endpoint('busy', { inFlight: othersInFlight });
    for (let answer = 0; answer < 100; answer++) refusing.responseTime.refused(0);
    const balance = createLeastRequest(() => 0, seeded(7), weightOf);
    expect(new Set(picks(balance, [refusing, busy], 50))).toEqual(new Set(['busy']));
  });

  test('the busiest of many is never taken', () => {
    const candidates = ['a', 'b', 'c', 'd'].map((name, inFlight) => endpoint(name, { inFlight }));
    const picked = picks(
      createLeastRequest(() => 0, seeded(3), weightOf),
      candidates,
      1_000,
    );
    expect(share(picked, 'd')).toBe(0);
    expect(share(picked, 'a')).toBeCloseTo(0.5, 1);
  });
});

describe('consistent hash', () => {
  const names = Array.from({ length: 10 }, (_, index) => `10.0.0.${index}:1`);
  const keys = Array.from({ length: 2_000 }, (_, index) => `key-${index}`);
  const balance = createConsistentHash(keyOf, createRoundRobin(), () => 0);
  const assign = (candidates: readonly Endpoint[]) =>
    keys.map((key) => balance(candidates, call({ key }))?.target.address);

  test('one key, one endpoint, whatever the order of the list', () => {
    const candidates = names.map((name) => endpoint(name));
    expect(assign(candidates)).toEqual(assign(candidates.toReversed()));
  });

  test('keys spread evenly', () => {
    const assigned = assign(names.map((name) => endpoint(name)));
    const counts = names.map((name) => assigned.filter((each) => each === name).length);
    expect(Math.min(...counts)).toBeGreaterThan(140);
    expect(Math.max(...counts)).toBeLessThan(260);
  });

  test('when one leaves, only its own keys move', () => {
    const before = assign(names.map((name) => endpoint(name)));
    const [gone, ...others] = names;
    const after = assign(others.map((name) => endpoint(name)));
    const moved = keys.filter((_, index) => before[index] !== after[index]);
    const own = keys.filter((_, index) => before[index] === gone);
    expect(moved).toEqual(own);
  });

  test('an endpoint above its bound passes its keys on', () => {
    const candidates = names.map((name) => endpoint(name, { inFlight: 10 }));
    const home = balance(candidates, call({ key: 'hot' }));
    if (home === undefined) throw new Error('expected an endpoint');
    home.inFlight = 100;
    expect(balance(candidates, call({ key: 'hot' }))).not.toBe(home);
  });

  test('a call without a key goes where the fallback says', () => {
    const candidates = names.map((name) => endpoint(name));
    expect(balance(candidates, call({}))?.target.address).toBe(names[1]);
  });
});

describe('zones', () => {
  const near = [endpoint('n1', { zone: 'z' }), endpoint('n2', { zone: 'z' })];
  const far = [endpoint('f1', { zone: 'y' }), endpoint('f2', { zone: 'y' })];
  const all = [...near, ...far];
  const balance = createZoneAware('z', () => all, 0.7, createRoundRobin());

  test('calls stay near while the zone serves', () => {
    expect(new Set(picks(balance, all, 10))).toEqual(new Set(['n1', 'n2']));
  });

  test('a zone that lost too many shares its calls with everyone', () => {
    const [first] = near;
    if (first === undefined) throw new Error('expected an endpoint');
    expect(new Set(picks(balance, [first, ...far], 12))).toEqual(new Set(['n1', 'f1', 'f2']));
  });
});

describe('a split between versions', () => {
  const candidates = [endpoint('stable', { version: 'v1' }), endpoint('canary', { version: 'v2' })];
  const split = (percent: number) =>
    createVersionSplit([{ version: 'v2', percent }], keyOf, seeded(11), createRoundRobin());

  test.each([
    [0, 0],
    [1, 0.01],
    [25, 0.25],
    [100, 1],
  ])('%d %% of anonymous calls', (percent, expected) => {
    expect(share(picks(split(percent), candidates, 20_000), 'canary')).toBeCloseTo(expected, 2);
  });

  test('a caller with a key stays, and a larger share moves nobody back', () => {
    const callers = Array.from({ length: 1_000 }, (_, index) => `caller-${index}`);
    const at = (percent: number) =>
      callers.filter((key) => picks(split(percent), candidates, 1, key)[0] === 'canary');
    const [five, ten] = [at(5), at(10)];
    expect(five.length).toBeGreaterThan(20);
    expect(ten).toEqual(expect.arrayContaining(five));
    expect(at(5)).toEqual(five);
  });

  test('a version that is gone turns nobody away', () => {
    const [stable] = candidates;
    expect(picks(split(100), stable === undefined ? [] : [stable], 3)).toEqual([
      'stable',
      'stable',
      'stable',
    ]);
  });
});

test.each([
  [0, 0.1],
  [1_000, 0.1],
  [5_000, 0.5],
  [10_000, 1],
  [99_999, 1],
])('slow start: after %d ms an endpoint has %d of its weight', (age, expected) => {
  const fresh = endpoint('fresh', { since: 1_000, weight: 2 });
  expect(effectiveWeight(fresh, 1_000 + age, 10_000)).toBeCloseTo(expected * 2, 6);
});

test.each([
  [{ header: 'x-user' }, call({}, { 'x-user': 'u1' }), 'u1'],
  [{ header: 'x-user' }, call({}, { 'x-user': ['u1', 'u2'] }), 'u1'],
  [{ header: 'x-user' }, call(), undefined],
  [{ field: 'symbol' }, call({ symbol: 'AAPL' }), 'AAPL'],
  [{ field: 'symbol' }, call({ symbol: { nested: 1 } }), undefined],
  [{ field: '__proto__' }, call({}), undefined],
  [{ field: 'symbol' }, call(null), undefined],
  [{ identity: true }, { ...call(), identity: ALICE }, 'https://issuer.example alice'],
  [{ identity: true }, { ...call(), identity: ANONYMOUS }, undefined],
  [{ identity: true }, call(), undefined],
] satisfies [CallKeySource, BackendCall, string | undefined][])(
  'the key of %j',
  (source, given, expected) => {
    expect(callKey(source, given)).toBe(expected);
  },
);
