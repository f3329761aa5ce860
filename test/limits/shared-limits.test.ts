import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import {
  openRedisAddress,
  type RedisAddress,
  type RedisServer,
  sendTo,
  startRedisServer,
} from '../support/redis-server.ts';
import type { LimiterOptions, LimiterReport } from './limiter-process.ts';

const GATEWAYS = 3;
const SKEWS_MS = [-7_200_000, 0, 7_200_000];
const rate = { requests: 100, perMs: 1_000, burst: 40 };

const servers: RedisServer[] = [];
let address: RedisAddress | undefined;
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await address?.close();
  for (const server of servers.splice(0)) await server.kill();
});

/** Lets several gateways take from one limit while `disturb` happens, and puts their reports together. */
async function run(
  options: Pick<LimiterOptions, 'leased' | 'whenGone'>,
  disturb: (server: RedisServer) => Promise<void>,
) {
  const redis = await startRedisServer('--repl-diskless-sync-delay', '0');
  servers.push(redis);
  address = await openRedisAddress(redis);
  const { url } = address;
  const gateways = SKEWS_MS.map((skewMs) => {
    const all: LimiterOptions = { ...options, url, skewMs, rate, maxShare: 0.1 };
    const child = fork(join(import.meta.dirname, 'limiter-process.ts'), [JSON.stringify(all)]);
    children.push(child);
    return child;
  });
  await Promise.all(gateways.map((child) => once(child, 'message')));
  const startedMs = performance.now();
  await tell(gateways);
  await disturb(redis);
  const reports: LimiterReport[] = (await tell(gateways)).map(([report]) => report);
  const seconds = (performance.now() - startedMs) / 1_000;
  await Promise.all(gateways.map((child) => child.exitCode ?? once(child, 'exit')));
  return {
    reports,
    admittedAt: reports.flatMap(({ admittedAt }) => admittedAt).sort((a, b) => a - b),
    allowed: rate.burst + rate.requests * seconds,
  };
}

function tell(gateways: readonly ChildProcess[]) {
  return Promise.all(
    gateways.map((child) => {
      const answer = once(child, 'message');
      child.send('go on');
      return answer;
    }),
  );
}

/** The most that any stretch of time admitted beyond the rate. */
function largestBurst(admittedAt: readonly number[]): number {
  // Kadane's walk over "one admitted, less what the rate gives in the gap before it".
  let open = 0;
  let largest = 0;
  admittedAt.forEach((at, index) => {
    const gap = at - (admittedAt[index - 1] ?? at);
    open = Math.max(0, open - (gap * rate.requests) / rate.perMs) + 1;
    largest = Math.max(largest, open);
  });
  return largest;
}

const undisturbed = () => sleep(1_500);
const scriptFlush = async (redis: RedisServer) => {
  for (let time = 0; time < 5; time += 1) {
    await sleep(250);
    await sendTo(redis, 'SCRIPT FLUSH');
  }
};
const restart = async (redis: RedisServer) => {
  await sleep(700);
  await redis.kill();
  await sleep(300);
  await redis.restart();
  await sleep(2_000);
};
const failover = async (primary: RedisServer) => {
  const replica = await startRedisServer('--replicaof', '127.0.0.1', String(primary.port));
  servers.push(replica);
  await expect
    .poll(() => sendTo(replica, 'INFO replication'), { timeout: 15_000 })
    .toContain('master_link_status:up');
  await sleep(700);
  await primary.kill();
  await sendTo(replica, 'REPLICAOF NO ONE');
  address?.moveTo(replica);
  await sleep(2_000);
};

test.each([
  { title: 'undisturbed', disturb: undisturbed },
  { title: 'while the scripts are flushed', disturb: scriptFlush },
  { title: 'while Redis is killed and comes back empty', disturb: restart },
  { title: 'while a replica takes over', disturb: failover },
])(
  'several gateways with skewed clocks admit no more than burst + rate · t, $title',
  async ({ disturb }) => {
    const { admittedAt, allowed } = await run({ leased: false, whenGone: 'closed' }, disturb);
    expect(admittedAt.length).toBeLessThanOrEqual(allowed);
    expect(admittedAt.length).toBeGreaterThan(rate.burst + rate.requests / 2);
  },
);

test('leases admit no more than burst + rate · t either, and use nearly all of it', async () => {
  const { admittedAt, allowed } = await run({ leased: true, whenGone: 'closed' }, undisturbed);
  expect(admittedAt.length).toBeLessThanOrEqual(allowed);
  const heldByGateways = GATEWAYS * 0.1 * rate.burst;
  expect(admittedAt.length).toBeGreaterThan(allowed - heldByGateways - 0.2 * rate.requests);
  // An admission is noted up to one time-out later than it was counted.
  const lateness = (25 * rate.requests) / rate.perMs;
  expect(largestBurst(admittedAt)).toBeLessThanOrEqual(rate.burst + heldByGateways + lateness);
});

test('without Redis each gateway enforces its part, and nobody waits for it', async () => {
  const { reports, admittedAt, allowed } = await run(
    { leased: false, whenGone: 'local' },
    async (redis) => {
      // Long enough for the gateways to have counted one another.
      await sleep(1_500);
      await redis.kill();
      await sleep(1_500);
      await redis.restart();
      await sleep(1_500);
    },
  );
  // What other gateways used unseen just before the outage comes on top once.
  expect(admittedAt.length).toBeLessThanOrEqual(allowed + rate.burst);
  expect(admittedAt.length).toBeGreaterThan(allowed * 0.7);
  for (const { modes, slowestMs, heldUpMs } of reports) {
    expect(modes.at(-1)).toBe('shared');
    expect(modes).toContain('local');
    expect(slowestMs - heldUpMs).toBeLessThan(50);
  }
});

test('a paused Redis costs one time-out, not one for each call', async () => {
  const { reports } = await run({ leased: false, whenGone: 'local' }, async (redis) => {
    await sleep(300);
    redis.pause();
    await sleep(700);
    redis.resume();
    await sleep(1_000);
  });
  for (const { modes, slowestMs, heldUpMs } of reports) {
    // A machine that is held up for 25 ms itself may take Redis for gone once more.
    expect(modes.join(' ')).toContain('local shared');
    expect(slowestMs - heldUpMs).toBeLessThan(50);
  }
});
