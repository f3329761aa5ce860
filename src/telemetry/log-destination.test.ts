import { spawnSync } from 'node:child_process';
import { constants, openSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLogDestination } from './log-destination.ts';

test('a reader that does not read costs lines, never memory or time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-log-'));
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  // Both ends in one hand, so that opening waits for nobody; Linux gives a pipe 64 KiB.
  const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const destination = createLogDestination({ fd, maxWaitingBytes: 64 * 1024 });
  const line = `${'x'.repeat(1_023)}\n`;
  const started = performance.now();
  for (let index = 0; index < 10_000; index++) destination.write(line);
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(destination.dropped).toBeGreaterThan(9_000);
  expect(destination.dropped).toBeLessThan(10_000);
  // Let the last write through, so that nothing waits when the test ends.
  const buffer = Buffer.alloc(64 * 1024);
  await expect
    .poll(() => {
      try {
        return readSync(fd, buffer);
      } catch {
        return 0;
      }
    })
    .toBe(0);
  await rm(folder, { recursive: true });
});
