import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BackendProcess } from '../support/backends.ts';
import { GatewayProcess } from '../support/gateway.ts';
import { getQuery } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const LIST_INSTRUMENTS = 'market.v1.quoteService.listInstruments';

let markets: BackendProcess[];
let gateway: GatewayProcess;
let folder: string;

/** Two market backends in turn, and a contract that hedges quotes and retries lists. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-attempts-'));
  await cp(join(import.meta.dirname, '..', '..', 'proto'), folder, { recursive: true });
  const contract = join(folder, 'market', 'v1', 'quote_service.proto');
  const text = await readFile(contract, 'utf8');
  const hedged = 'hedging: {max_attempts: 2, hedging_delay: {nanos: 100000000}}';
  await writeFile(contract, text.replace('retry: {max_attempts: 3}', hedged));
  markets = await Promise.all([BackendProcess.start('market'), BackendProcess.start('market')]);
  gateway = await GatewayProcess.start(
    { market: '', orders: '127.0.0.1:1' },
    {
      contracts: [{ folder }],
      cache: { enabled: false },
      upstreams: {
        market: {
          endpoints: markets.map(({ address }) => address),
          balancing: { policy: 'roundRobin' },
          breaker: { consecutiveFailures: 1_000, minCalls: 1_000 },
        },
      },
    },
  );
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await Promise.all(markets.map(({ child }) => child.stop()));
  await rm(folder, { recursive: true });
});

test('an answer of the first attempt says nothing of attempts', async () => {
  const answer = await getQuery(gateway.trpcUrl, LIST_INSTRUMENTS, {});
  expect([answer.status, answer.headers.get('weir-attempts')]).toEqual([200, null]);
});

test('an endpoint that hangs costs its calls the delay: they are hedged at the other, which is told', async () => {
  const [hung, well] = markets;
  hung?.child.signal('SIGSTOP');
  const tag = crypto.randomUUID();
  const counts = new Set<string | null>();
  for (let call = 0; call < 2; call++) {
    const headers = { 'x-test-tag': tag };
    const answer = await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, headers);
    expect(answer.status).toBe(200);
    counts.add(answer.headers.get('weir-attempts'));
  }
  hung?.child.signal('SIGCONT');
  expect(counts).toContain('2');
  const told = '"grpc-previous-rpc-attempts":["1"]';
  expect(well?.child.lines.map((line) => JSON.stringify(line)).join()).toContain(told);
});

test('an answer after a retry says so', async () => {
  const [gone] = markets;
  await gone?.child.stop();
  const counts = new Set<string | null>();
  for (let call = 0; call < 2; call++) {
    const { status, headers } = await getQuery(gateway.trpcUrl, LIST_INSTRUMENTS, {});
    expect(status).toBe(200);
    counts.add(headers.get('weir-attempts'));
  }
  expect([...counts].sort()).toEqual(['2', null]);
});

test('a failure after retries says so, in its header where it is alone, and beside its code anywhere', async () => {
  for (const { child } of markets) await child.stop();
  const url = `${gateway.trpcUrl}/${LIST_INSTRUMENTS}`;
  const attemptsOf = (error: unknown) => Object(Object(Object(error).error).data).attempts;

  const alone = await getQuery(gateway.trpcUrl, LIST_INSTRUMENTS, {});
  expect(alone.status).toBe(503);
  const attempts = Number(alone.headers.get('weir-attempts'));
  expect(attempts).toBeGreaterThan(1);
  expect(attemptsOf(alone.body)).toBe(attempts);

  const batch = await fetch(`${url},${LIST_INSTRUMENTS}?batch=1&input={"0":{},"1":{}}`);
  const told = [...(await batch.json())].map(attemptsOf);
  expect(told.every((each) => each > 1)).toBe(true);
  expect(batch.headers.get('weir-attempts')).toBe(String(Math.max(...told)));
});
