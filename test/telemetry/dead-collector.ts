import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { Child } from '../support/child.ts';
import { GatewayProcess } from '../support/gateway.ts';
import { scrape, valueOn } from '../support/metrics-page.ts';
import { OtlpCollector } from './otlp/collector.ts';

export interface DeadCollectorReport {
  readonly calls: number;
  /** Of resident memory, from the second fifth of the time to the last, in MB of 2^20 bytes. */
  readonly grownMb: number;
  /** Before the collector died and after. */
  readonly p50Ms: readonly [alive: number, dead: number];
  readonly p99Ms: readonly [alive: number, dead: number];
  /** Spans that were counted as lost. */
  readonly dropped: number;
  /** Spans that were neither exported, nor dropped, nor are waiting; what the collector has is among them. */
  readonly unaccounted: number;
}

const QUOTE = '/market.v1.quoteService.getQuote?input=%7B%22symbol%22%3A%22AAPL%22%7D';
const BACKEND = join(import.meta.dirname, '..', '..', 'examples', 'backends', 'market.ts');
const CALLERS = 16;
/** Each call has its own span and one of its attempt. */
const SPANS_PER_CALL = 2;

/** Every call traced, under load, with a collector that takes connections and never answers. */
export async function outliveDeadCollector(seconds: number): Promise<DeadCollectorReport> {
  const collector = await OtlpCollector.start();
  const backend = new Child('market', [BACKEND, '--port', '0', '--seed', '1']);
  const { listening } = await backend.waitFor('its address', (line) => 'listening' in line);
  const address = String(listening);
  const gateway = await GatewayProcess.start(
    { market: address, orders: address },
    {
      telemetry: { traces: { url: collector.url, ratio: 1 } },
      rateLimits: { methods: { 'market.v1.quoteService.getQuote': 'off' } },
      log: { level: 'info', modules: { calls: 'silent' } },
    },
  );
  const url = gateway.trpcUrl + QUOTE;
  await callFor(url, 5);
  const alive = await callFor(url, Math.min(30, seconds / 5));
  collector.behaviour = 'hang';
  const rss: number[] = [];
  const watch = setInterval(() => rss.push(residentMb(gateway.child.pid)), 1_000);
  const dead = await callFor(url, seconds);
  clearInterval(watch);
  const page = await scrape(`${gateway.url}/metrics`);
  const read = (name: string, labels = {}) => valueOn(page, name, labels) ?? 0;
  const calls = read('weir_calls_total', { code: 'OK' });
  const dropped =
    read('weir_spans_dropped_total', { reason: 'queue' }) +
    read('weir_spans_dropped_total', { reason: 'collector' });
  const known = dropped + read('weir_spans_exported_total') + read('weir_spans_waiting');
  await gateway.stop();
  await backend.stop();
  await collector.stop();
  const fifth = Math.floor(rss.length / 5);
  return {
    calls,
    grownMb: median(rss.slice(-fifth)) - median(rss.slice(fifth, 2 * fifth)),
    p50Ms: [quantile(alive, 0.5), quantile(dead, 0.5)],
    p99Ms: [quantile(alive, 0.99), quantile(dead, 0.99)],
    dropped,
    unaccounted: calls * SPANS_PER_CALL - known,
  };
}

/** The latencies in milliseconds, some of very many. */
async function callFor(url: string, seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  const until = performance.now() + seconds * 1_000;
  const latencies: number[] = [];
  let count = 0;
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (performance.now() < until) {
        const began = performance.now();
        await call(url, agent);
        count += 1;
        if (count % 10 === 0) latencies.push(performance.now() - began);
      }
    }),
  );
  agent.destroy();
  return latencies;
}

function call(url: string, agent: Agent): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  get(url, { agent }, (response) => {
    if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`));
    response.resume().on('end', resolve);
  }).on('error', reject);
  return promise;
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
