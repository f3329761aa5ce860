import { afterEach, expect, test, vi } from 'vitest';
import {
  openRedisAddress,
  type RedisAddress,
  type RedisServer,
  sendTo,
  startRedisServer,
} from '../support/redis-server.ts';
import { GATEWAYS, LimiterGateways, largestBurst, rate } from './limiter-gateways.ts';
import type { LimiterOptions } from './limiter-process.ts';

vi.setConfig({ testTimeout: 60_000 });

const servers: RedisServer[] = [];
let address: RedisAddress | undefined;
let gateways: LimiterGateways | undefined;

afterEach(async () => {
  gateways?.kill();
  await address?.close();
  for (const server of servers.splice(0)) await server.kill();
});

/** Lets several gateways take from one limit while `disturb` happens, and puts their reports together. */
async function run(
  options: Pick<LimiterOptions, 'leased' | 'whenGone'>,
  disturb: (gateways: LimiterGateways, server: RedisServer) => Promise<void>,
) {
  const redis = await startRedisServer('--repl-diskless-sync-delay', '0');
  servers.push(redis);
  address = await openRedisAddress(redis);
  const urls = [address.url];
  gateways = await LimiterGateways.start({ ...options, servers: { urls }, settleMs: 1_000 });
  await disturb(gateways, redis);
  return await gateways.stop();
}

/** More than their burst, so that the rate is what limits them. */
const enough = rate.burst + rate.requests;

const undisturbed = (all: LimiterGateways) => all.admit(enough);
const scriptFlush = async (all: LimiterGateways, redis: RedisServer) => {
  for (let time = 0; time < 5; time += 1) {
    await all.admit(30);
    await sendTo(redis, 'SCRIPT FLUSH');
  }
  await all.admit(30);
};
const restart = async (all: LimiterGateways, redis: RedisServer) => {
  await all.admit(enough);
  await redis.kill();
  await all.eachIs('closed');
  await redis.restart();
  await all.eachIs('shared');
  await all.admit(enough);
};
const failover = async (all: LimiterGateways, primary: RedisServer) => {
  const replica = await startRedisServer('--replicaof', '127.0.0.1', String(primary.port));
  servers.push(replica);
  await expect
    .poll(() => sendTo(replica, 'INFO replication'), { timeout: 15_000 })
    .toContain('master_link_status:up');
  await all.admit(enough);
  await primary.kill();
  await all.eachIs('closed');
  await sendTo(replica, 'REPLICAOF NO ONE');
  address?.moveTo(replica);
  await all.eachIs('shared');
  await all.admit(enough);
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
    expect(admittedAt.length).toBeGreaterThanOrEqual(enough);
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
  const { reports, admittedAt, allowed, unseen } = await run(
    { leased: false, whenGone: 'local' },
    async (all, redis) => {
      await all.eachKnowsAll();
      await all.admit(rate.burst);
      await redis.kill();
      await all.eachIs('local');
      await all.admit(rate.requests);
      await redis.restart();
      await all.eachIs('shared');
      await all.admit(rate.requests);
    },
  );
  expect(admittedAt.length).toBeLessThanOrEqual(allowed + unseen);
  expect(admittedAt.length).toBeGreaterThan(allowed * 0.7);
  for (const { slowestMs, heldUpMs } of reports) {
    expect(slowestMs - heldUpMs).toBeLessThan(50);
  }
});

test('a paused Redis costs one time-out, not one for each call', async () => {
  const { reports } = await run({ leased: false, whenGone: 'local' }, async (all, redis) => {
    await all.admit(rate.burst);
    redis.pause();
    await all.eachIs('local');
    await all.admit(rate.burst);
    redis.resume();
    await all.eachIs('shared');
    await all.admit(rate.burst);
  });
  for (const { modes, slowestMs, heldUpMs } of reports) {
    // A machine that is held up for 25 ms itself may take Redis for gone once more.
    expect(modes.join(' ')).toContain('local shared');
    expect(slowestMs - heldUpMs).toBeLessThan(50);
  }
});
