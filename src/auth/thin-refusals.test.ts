import { expect, test } from 'vitest';
import type { AuditEvent } from './audit-log.ts';
import { thinRefusals } from './thin-refusals.ts';

function setUp() {
  let now = 0;
  const lines: AuditEvent[] = [];
  const log = thinRefusals(
    { record: (event) => lines.push(event), flushed: async () => {}, close: async () => {} },
    { perNetwork: 3, windowMs: 60_000, now: () => now },
  );
  const refuse = (times: number, over: Partial<AuditEvent> = {}) => {
    for (let time = 0; time < times; time++) {
      log.record({
        action: 'call.refused',
        outcome: 'refused',
        requestId: `r${time}`,
        actor: undefined,
        address: '192.0.2.1',
        reason: 'CREDENTIALS_MISSING',
        ...over,
      });
    }
  };
  return {
    log,
    lines,
    refuse,
    tick: (ms: number) => {
      now += ms;
    },
  };
}

const told = (action: string, over: object = {}) =>
  expect.objectContaining({ action, address: '192.0.2.1', target: 'call.refused', ...over });

test('above its number, what a network is refused is counted, and both are said', async () => {
  const { log, lines, refuse, tick } = setUp();
  refuse(5);
  refuse(95, { reason: 'TOO_MANY_FAILURES' });
  expect(lines).toHaveLength(4);
  expect(lines[3]).toEqual(told('audit.thinned'));
  tick(60_000);
  refuse(1);
  expect(lines.slice(4)).toEqual([
    told('audit.summary', { counts: { CREDENTIALS_MISSING: 2, TOO_MANY_FAILURES: 95 } }),
    expect.objectContaining({ action: 'call.refused', requestId: 'r0' }),
  ]);
  await log.close();
});

test('what was counted when the gateway ends is said then', async () => {
  const { log, lines, refuse } = setUp();
  refuse(10);
  await log.close();
  expect(lines.at(-1)).toEqual(told('audit.summary', { counts: { CREDENTIALS_MISSING: 7 } }));
});

test('what is written and what is counted is all there was, whatever came when', async () => {
  const { log, lines, refuse, tick } = setUp();
  let all = 0;
  for (let round = 0; round < 200; round++) {
    const times = (round * 7) % 11;
    all += times;
    refuse(times, { address: `192.0.2.${round % 3}` });
    tick(9_000);
  }
  await log.close();
  const written = lines.filter(({ action }) => action === 'call.refused').length;
  const counted = lines
    .flatMap(({ counts = {} }) => Object.values(counts))
    .reduce((sum, count) => sum + count, 0);
  expect(written + counted).toBe(all);
  expect(counted).toBeGreaterThan(0);
});

test.each<[what: string, over: Partial<AuditEvent>]>([
  ['succeeded', { outcome: 'success' }],
  ['an operator begins', { action: 'admin', outcome: 'begun' }],
  ['failed for an operator', { action: 'admin', outcome: 'failed' }],
  ['ended a stream', { action: 'stream.ended' }],
])('what %s is always written', async (_, over) => {
  const { log, lines, refuse } = setUp();
  refuse(100, over);
  await log.close();
  expect(lines).toHaveLength(100);
});

test('one action is not hidden behind another, nor one network behind another', async () => {
  const { log, lines, refuse } = setUp();
  refuse(100);
  refuse(1, { action: 'admin' });
  refuse(1, { address: '192.0.2.2' });
  expect(lines.filter(({ action }) => action === 'admin')).toHaveLength(1);
  expect(lines.filter(({ address }) => address === '192.0.2.2')).toHaveLength(1);
  await log.close();
});

test('an IPv6 network is one, whatever address it uses', async () => {
  const { log, lines, refuse } = setUp();
  for (let host = 1; host <= 100; host++) refuse(1, { address: `2001:db8::${host}` });
  await log.close();
  expect(lines).toHaveLength(5);
  expect(lines[4]).toMatchObject({ action: 'audit.summary', address: '2001:db8:0:0::/64' });
});

test('an attacker with more networks than can be held has the rest counted as one', async () => {
  const { log, lines, refuse } = setUp();
  for (let host = 0; host < 10_100; host++) {
    refuse(1, { address: `10.0.${host >> 8}.${host & 255}` });
  }
  await log.close();
  expect(lines.at(-1)).toMatchObject({
    action: 'audit.summary',
    address: 'other networks',
    counts: { CREDENTIALS_MISSING: 97 },
  });
});
