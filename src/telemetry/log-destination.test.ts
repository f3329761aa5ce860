import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogDestination } from './log-destination.ts';

let folder: string;
/** Both ends of a pipe in one hand, so that opening waits for nobody; Linux gives it 64 KiB. */
let fd: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-log-'));
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
});

afterEach(async () => {
  closeSync(fd);
  await rm(folder, { recursive: true });
});

function read(): string {
  const buffer = Buffer.alloc(64 * 1024);
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer));
  } catch {
    return '';
  }
}

const LINE = `${'x'.repeat(1_023)}\n`;

test('a reader that does not read costs lines, never memory or time', async () => {
  const destination = createLogDestination({ fd, maxWaitingBytes: 64 * 1024 });
  const started = performance.now();
  for (let index = 0; index < 10_000; index++) destination.write(LINE);
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(destination.dropped).toBeGreaterThan(9_000);
  expect(destination.dropped).toBeLessThan(10_000);
  // Everything that was kept, so that nothing is being written when the test ends.
  let kept = 0;
  await expect
    .poll(
      () => {
        kept += read().length;
        return kept;
      },
      { timeout: 10_000 },
    )
    .toBe((10_000 - destination.dropped) * LINE.length);
});

test('a line that comes while another is being written is not left behind', async () => {
  const destination = createLogDestination({ fd });
  for (let index = 0; index < 84; index++) destination.write(LINE);
  destination.write('last\n');
  // Longer than lines are gathered, with the pipe full all the while.
  await new Promise((resolve) => setTimeout(resolve, 60));
  let text = '';
  await expect
    .poll(
      () => {
        text += read();
        return text;
      },
      { timeout: 10_000 },
    )
    .toContain('last');
  expect(text).toHaveLength(84 * LINE.length + 'last\n'.length);
});
