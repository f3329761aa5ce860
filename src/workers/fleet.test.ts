import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Fleet, type FleetWorker } from './fleet.ts';
import type { WorkerExit } from './worker-process.ts';

/** A worker that lives and dies when told. */
class FakeWorker implements FleetWorker {
  readonly pid = 1;
  readonly number: number;
  readonly #serving = Promise.withResolvers<string>();
  readonly #exited = Promise.withResolvers<WorkerExit>();
  readonly signals: string[] = [];
  hangs = false;

  constructor(number: number) {
    this.number = number;
    this.serving.catch(() => {});
  }

  get serving(): Promise<string> {
    return this.#serving.promise;
  }

  get exited(): Promise<WorkerExit> {
    return this.#exited.promise;
  }

  serve(): void {
    this.#serving.resolve('http://127.0.0.1:1');
  }

  end(code: number | null, signal: string | null = null): void {
    this.#serving.reject(new Error(`ended with ${code}`));
    this.#exited.resolve({ code, signal });
  }

  beat(): Promise<void> {
    return this.hangs ? new Promise(() => {}) : Promise.resolve();
  }

  signal(name: string): void {
    this.signals.push(name);
    this.end(name === 'SIGTERM' ? 0 : null, name === 'SIGTERM' ? null : name);
  }
}

let started: FakeWorker[];
let fleet: Fleet<FakeWorker>;

beforeEach(() => {
  vi.useFakeTimers();
  started = [];
  fleet = new Fleet<FakeWorker>({
    count: 2,
    silenceMs: 30_000,
    start(number) {
      const worker = new FakeWorker(number);
      started.push(worker);
      return worker;
    },
    ended: () => {},
    changed: () => {},
    log: { info: () => {}, error: () => {} },
  });
});

afterEach(() => {
  vi.useRealTimers();
});

async function startAll(): Promise<void> {
  const starting = fleet.start();
  for (const worker of started) worker.serve();
  await starting;
}

test('a dead worker is replaced under its number, after a pause', async () => {
  await startAll();
  started[0]?.end(null, 'SIGKILL');
  await vi.advanceTimersByTimeAsync(99);
  expect([started.length, fleet.serving, fleet.restarted]).toEqual([2, 1, 0]);
  await vi.advanceTimersByTimeAsync(1);
  started[2]?.serve();
  await vi.advanceTimersByTimeAsync(0);
  expect([started[2]?.number, fleet.serving, fleet.restarted]).toEqual([1, 2, 1]);
});

test('one that cannot serve at the start ends the others and is what is told', async () => {
  const starting = fleet.start();
  started[0]?.serve();
  started[1]?.end(1);
  await expect(starting).rejects.toThrow('ended with 1');
  expect(started[0]?.signals).toEqual(['SIGKILL']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(started).toHaveLength(2);
});

test('it is hopeless when every worker dies eight times in a row, and not before', async () => {
  await startAll();
  let hopeless = false;
  void fleet.hopeless.then(() => {
    hopeless = true;
  });
  const dieOf = async (number: number, times: number) => {
    for (let death = 0; death < times; death++) {
      started.findLast((worker) => worker.number === number)?.end(2);
      await vi.advanceTimersByTimeAsync(10_000);
    }
  };
  await dieOf(1, 9);
  await dieOf(2, 7);
  expect(hopeless).toBe(false);
  await dieOf(2, 1);
  expect(hopeless).toBe(true);
});

test('it is not hopeless while a worker serves well, however often it died before', async () => {
  await startAll();
  let hopeless = false;
  void fleet.hopeless.then(() => {
    hopeless = true;
  });
  const latest = (number: number) => started.findLast((worker) => worker.number === number);
  for (let death = 0; death < 8; death++) {
    latest(1)?.end(2);
    await vi.advanceTimersByTimeAsync(10_000);
  }
  latest(1)?.serve();
  await vi.advanceTimersByTimeAsync(60_000);
  for (let death = 0; death < 9; death++) {
    latest(2)?.end(2);
    await vi.advanceTimersByTimeAsync(10_000);
  }
  expect([hopeless, fleet.serving]).toEqual([false, 1]);
});

test('who is drained is not replaced', async () => {
  await startAll();
  started[0]?.end(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(await fleet.drain(1_000)).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(started.map(({ signals }) => signals)).toEqual([[], ['SIGTERM']]);
});

test('one that says nothing for too long is killed, counted and replaced; who answers is not', async () => {
  await startAll();
  await vi.advanceTimersByTimeAsync(600_000);
  const [first, second] = started;
  if (first === undefined) throw new Error('nothing was started');
  first.hangs = true;
  await vi.advanceTimersByTimeAsync(29_000);
  expect([first.signals, fleet.killed]).toEqual([[], 0]);
  await vi.advanceTimersByTimeAsync(7_000);
  expect([first.signals, fleet.killed]).toEqual([['SIGKILL'], 1]);
  expect(started[2]?.number).toBe(1);
  await vi.advanceTimersByTimeAsync(600_000);
  expect([second?.signals, fleet.killed]).toEqual([[], 1]);
});

test('a worker that does not serve yet is given all the time that it takes', async () => {
  await startAll();
  started[0]?.end(2);
  await vi.advanceTimersByTimeAsync(100);
  const renewed = started[2];
  if (renewed === undefined) throw new Error('nothing was started');
  renewed.hangs = true;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(renewed.signals).toEqual([]);
});
