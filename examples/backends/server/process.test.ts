import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { BackendProcess } from '../../../test/support/backends.ts';
import { Child } from '../../../test/support/child.ts';

const MARKET = join(import.meta.dirname, '..', 'market.ts');

test('SIGTERM ends it with 0', async () => {
  const market = await BackendProcess.start('market');
  expect(await market.child.stop()).toBe(0);
});

test.each([
  [['--port', '70000'], '--port 70000: expected a whole number from 0 to 65535'],
  [['--seed', 'x'], '--seed x: expected a whole number'],
  [['--colour'], "Unknown option '--colour'"],
])('%j is refused with the usage', async (args, message) => {
  const child = new Child('market', [MARKET, ...args]);
  expect(await child.exited).toBe(1);
  expect(child.text).toContain(message);
  expect(child.text).toContain('--step-ms N');
});

test('a port that is taken is said so', async () => {
  const market = await BackendProcess.start('market');
  const second = new Child('market', [MARKET, '--port', `${market.port}`]);
  expect(await second.exited).toBe(1);
  expect(second.text).toContain(`Cannot listen on ${market.address}`);
  await market.child.stop();
});

test('it ends when the process that started it is gone', async () => {
  const start = `require('node:child_process').spawn(process.execPath, [${JSON.stringify(MARKET)}], { stdio: 'inherit' })`;
  const parent = spawn(process.execPath, ['-e', start], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const port = Number(JSON.parse(line).listening.split(':').at(-1));
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const closed = once(socket.resume(), 'close');
  parent.kill('SIGKILL');
  await closed;
});
