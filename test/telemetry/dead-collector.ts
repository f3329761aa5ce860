import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../support/child.ts';
import { GatewayProcess } from '../support/gateway.ts';
import { scrape, valueOn } from '../support/metrics-page.ts';
import { OtlpCollector } from './otlp/collector.ts';

export interface DeadCollectorReport {
  readonly calls: number;
  /** Resident memory in MB of 2^20 bytes: medians over the first and the last third of the dead time. */
  readonly residentMb: readonly [first: number, last: number];
  /** Of the latencies, before the collector died and after. */
  readonly p50Ms: readonly [alive: number, dead: number];
  readonly p99Ms: readonly [alive: number, dead: number];
  /** Of one core, while the collector was dead, 0 to 1. */
  readonly cpuShare: number;
  /** Spans whose calls ended, those a collector took in the end, and those that were counted as lost. */
  readonly spans: { readonly ended: number; readonly exported: number; readonly dropped: number };
}

export interface DeadCollectorOptions {
  /** How long the collector is dead. */
  readonly seconds: number;
  /** How many calls begin each second, whatever became of those before. */
  readonly callsPerSecond: number;
}

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const QUOTE = `/${GET_QUOTE}?input=%7B%22symbol%22%3A%22AAPL%22%7D`;
const BACKEND = join(import.meta.dirname, '..', '..', 'examples', 'backends', 'market.ts');
/** Above it calls are late rather than more. */
const MAX_IN_FLIGHT = 64;
/** Each call has its own span and one of its attempt. */
const SPANS_PER_CALL = 2;
const PAUSE_MS = 5;

/**
 * Every call traced, under a steady load, with a collector that takes connections and never answers. At the
 * end it answers again, so that what waited is exported and every span can be accounted for.
 */
export async function outliveDeadCollector({
  seconds,
  callsPerSecond,
}: DeadCollectorOptions): Promise<DeadCollectorReport> {
  const collector = await OtlpCollector.start();
  // It shares a process with the caller, whose latencies are measured.
  collector.behaviour = 'swallow';
  const backend = new Child('market', [BACKEND, '--port', '0', '--seed', '1']);
  const { listening } = await backend.waitFor('its address', (line) => 'listening' in line);
  const address = String(listening);
  const gateway = await GatewayProcess.start(
    { market: address, orders: address },
    {
      telemetry: { traces: { url: collector.url, ratio: 1 } },
      rateLimits: { methods: { [GET_QUOTE]: 'off' } },
      log: { level: 'info', modules: { calls: 'silent' } },
    },
  );
  const url = gateway.trpcUrl + QUOTE;
  const callFor = (duration: number) => callSteadily(url, callsPerSecond, duration);
  await callFor(10);
  const alive = await callFor(Math.max(5, seconds / 5));
  collector.behaviour = 'hang';
  const rss: number[] = [];
  const watch = setInterval(() => rss.push(residentMb(gateway.child.pid)), 1_000);
  const cpuBefore = cpuSeconds(gateway.child.pid);
  const dead = await callFor(seconds);
  const cpuShare = (cpuSeconds(gateway.child.pid) - cpuBefore) / seconds;
  clearInterval(watch);
  collector.behaviour = 'swallow';
  const { calls, spans } = await readWhenSettled(`${gateway.url}/metrics`);
  await gateway.stop();
  await backend.stop();
  await collector.stop();
  const third = Math.floor(rss.length / 3);
  return {
    calls,
    residentMb: [median(rss.slice(0, third)), median(rss.slice(-third))],
    p50Ms: [quantile(alive, 0.5), quantile(dead, 0.5)],
    p99Ms: [quantile(alive, 0.99), quantile(dead, 0.99)],
    cpuShare,
    spans,
  };
}

/** Once every span is exported or lost, or when that takes longer than an export may. */
async function readWhenSettled(url: string) {
  const overdue = performance.now() + 60_000;
  for (;;) {
    const page = await scrape(url);
    const read = (name: string, labels = {}) => valueOn(page, name, labels) ?? 0;
    const calls = read('weir_calls_total', { method: GET_QUOTE, code: 'OK' });
    const ended = calls * SPANS_PER_CALL;
    const exported = read('weir_spans_exported_total');
    const dropped =
      read('weir_spans_dropped_total', { reason: 'queue' }) +
      read('weir_spans_dropped_total', { reason: 'collector' });
    if (exported + dropped === ended || performance.now() > overdue) {
      return { calls, spans: { ended, exported, dropped } };
    }
    await sleep(200);
  }
}

/** The latencies in milliseconds of calls that begin at a steady rate. */
async function callSteadily(
  url: string,
  callsPerSecond: number,
  seconds: number,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_IN_FLIGHT });
  const began = performance.now();
  const latencies: number[] = [];
  const underWay = new Set<Promise<void>>();
  let begun = 0;
  for (;;) {
    const elapsed = (performance.now() - began) / 1_000;
    if (elapsed >= seconds) break;
    for (; begun < elapsed * callsPerSecond; begun++) {
      if (underWay.size >= MAX_IN_FLIGHT) await Promise.race(underWay);
      const startedAt = performance.now();
      const ended = call(url, agent).then(() => {
        latencies.push(performance.now() - startedAt);
        underWay.delete(ended);
      });
      underWay.add(ended);
    }
    await sleep(PAUSE_MS);
  }
  await Promise.all(underWay);
  agent.destroy();
  return latencies;
}

function call(url: string, agent: Agent): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = get(url, { agent }, (response) => {
    if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`));
    response.resume().on('end', resolve);
  });
  request.on('error', (error) => {
    // The server closed the idle connection while the request was on its way (RFC 9112 9.3.1).
    if (request.reusedSocket) resolve(call(url, agent));
    else reject(error);
  });
  return promise;
}

/** Linux counts both in hundredths of a second (proc_pid_stat(5), `_SC_CLK_TCK`). */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Fields 14 and 15; the second one is a name, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
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
