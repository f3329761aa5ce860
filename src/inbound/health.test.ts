import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { portOf } from '../../test/support/port-of.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { createHealth } from './health.ts';

test('many who ask at once have the backends asked once or twice', async () => {
  let asked = 0;
  const waiting: (() => void)[] = [];
  const backend: Pick<Upstream, 'name' | 'checkHealth'> = {
    name: 'market',
    async checkHealth() {
      asked += 1;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return [{ address: '127.0.0.1:1', status: 'SERVING', reason: undefined }];
    },
  };
  const answer = createHealth({
    upstreams: () => [backend as Upstream],
    limiter: () => ({ mode: 'memory', reason: undefined, instances: 1 }),
    timeoutMs: 1_000,
    isDraining: () => false,
    workers: undefined,
    details: false,
    log: { error() {} },
  });
  let arrived = 0;
  const server = createServer((request, response) => {
    answer(request, response);
    arrived += 1;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answers = Array.from({ length: 50 }, () => fetch(`http://127.0.0.1:${portOf(server)}`));
  await expect.poll(() => arrived).toBe(50);
  const settling = setInterval(() => waiting.shift()?.(), 1);
  for (const each of answers) {
    expect(await (await each).json()).toMatchObject({
      status: 'ok',
      upstreams: { market: [{ status: 'SERVING' }] },
    });
  }
  clearInterval(settling);
  expect(asked).toBeLessThanOrEqual(2);
  server.closeAllConnections();
  server.close();
});
