import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pause } from '../../test/support/pause.ts';
import { portOf } from '../../test/support/port-of.ts';
import { afterReading } from './after-reading.ts';

let near: Socket;
let far: Socket;
let heard: string[];

beforeEach(async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  near = connect(portOf(server), '127.0.0.1');
  [[far]] = await Promise.all([once(server, 'connection'), once(near, 'connect')]);
  server.close();
  heard = [];
  near.on('data', () => heard.push('answer'));
});

afterEach(async () => {
  const closed = once(far, 'close');
  near.destroy();
  await closed;
});

test('what came while the event loop stood still is read first', async () => {
  const timeUp = new Promise<void>((resolve) => {
    afterReading(10, () => {
      heard.push('time-out');
      resolve();
    });
  });
  far.write('answer');
  pause(30);
  await timeUp;
  expect(heard).toEqual(['answer', 'time-out']);
});

test('and may take the time-out back', async () => {
  const answered = new Promise((resolve) => near.once('data', resolve));
  const forget = afterReading(10, () => heard.push('time-out'));
  near.once('data', forget);
  far.write('answer');
  pause(30);
  await answered;
  await new Promise(setImmediate);
  expect(heard).toEqual(['answer']);
});

test('what was taken back before its time does not run', async () => {
  const forget = afterReading(1, () => heard.push('time-out'));
  forget();
  pause(5);
  await new Promise((resolve) => afterReading(1, () => resolve(undefined)));
  expect(heard).toEqual([]);
});
