import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createReloading, type Reloading } from './reloading.ts';

let folder: string;
let path: string;
let reads: number;
let renewed: number;
let failures: unknown[];
let reloading: Reloading<number>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-reloading-'));
  path = join(folder, 'watched');
  writeFileSync(path, 'first');
  reads = 0;
  renewed = 0;
  failures = [];
});

afterEach(() => {
  reloading.stop();
  rmSync(folder, { recursive: true });
});

/** A value that says how often it was read. */
function start(whileReading: () => void = () => {}): void {
  reloading = createReloading({
    paths: [path],
    read() {
      reads++;
      whileReading();
      return reads;
    },
    pollMs: 5,
    events: {
      securityRenewed: () => renewed++,
      securityFailed: (error) => failures.push(error),
    },
  });
}

/** Another file in its place: never one that is half written, nor one of the same signature. */
function rewrite(): void {
  writeFileSync(`${path}.new`, 'other');
  renameSync(`${path}.new`, path);
}

test('a listener that throws is told of, and the others hear the news all the same', async () => {
  start();
  const heard: number[] = [];
  const broken = new Error('cannot use it');
  reloading.onChange(() => {
    throw broken;
  });
  reloading.onChange(() => heard.push(reloading.current));
  rewrite();
  await vi.waitFor(() => expect(heard).toEqual([2]));
  rewrite();
  await vi.waitFor(() => expect(heard).toEqual([2, 3]));
  expect(failures).toEqual([broken, broken]);
});

test('a read that is under way when it is stopped is not published', async () => {
  const heard: number[] = [];
  start(() => {
    if (reads === 2) reloading.stop();
  });
  reloading.onChange(() => heard.push(reloading.current));
  rewrite();
  await vi.waitFor(() => expect(reads).toBe(2));
  expect(reloading.current).toBe(1);
  expect(heard).toEqual([]);
  expect(renewed).toBe(0);
});

test('a read that fails while it is stopped is neither told of nor tried again', async () => {
  start(() => {
    if (reads < 2) return;
    reloading.stop();
    throw new Error('cannot be read');
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    rewrite();
    // The watcher began with real timers, which go on.
    await new Promise<void>((resolve) => {
      const look = (): void => void (reads < 2 ? setImmediate(look) : resolve());
      look();
    });
    expect(vi.getTimerCount()).toBe(0);
    expect(failures).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

test('a listener that stops it is the last to hear of anything', async () => {
  start();
  const heard: string[] = [];
  reloading.onChange(() => {
    heard.push('first');
    reloading.stop();
  });
  reloading.onChange(() => heard.push('second'));
  rewrite();
  await vi.waitFor(() => expect(heard).toEqual(['first']));
  expect(renewed).toBe(1);
});
