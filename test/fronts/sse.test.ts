import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { WeirError } from '../../src/errors.ts';
import { createSampleTable } from './sample-table.ts';
import { type OurOptions, startOurs } from './servers.ts';

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: OurOptions['http'] = {}) {
  const sample = createSampleTable();
  const server = await startOurs(sample.table, { http: options });
  closing.push(server.close);
  return { ...sample, server };
}

/** Reads a stream as it comes. */
async function openStream(port: number, target: string) {
  let text = '';
  const checks = new Set<() => void>();
  const outgoing = request({ host: '127.0.0.1', port, path: `/trpc/${target}` });
  const incoming = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    outgoing.end();
  });
  outgoing.on('error', () => {});
  incoming.on('error', () => {});
  incoming.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    for (const check of [...checks]) check();
  });
  const ended = new Promise<string>((resolve) => {
    incoming.on('close', () => resolve(text));
  });
  closing.push(() => {
    outgoing.destroy();
  });
  return {
    incoming,
    ended,
    leave: () => outgoing.destroy(),
    until: (test: (text: string) => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (!test(text)) return;
          checks.delete(check);
          resolve();
        };
        checks.add(check);
        check();
      }),
  };
}

const input = (value: unknown) => `input=${encodeURIComponent(JSON.stringify(value))}`;
const occurrences = (text: string, part: string) => text.split(part).length - 1;

test('a silent stream is pinged', async () => {
  const { server } = await start({ sse: { pingIntervalMs: 20 } });
  const stream = await openStream(server.port, 'sample.v1.silent.watch');
  await stream.until((text) => occurrences(text, 'event: ping\ndata: \n\n\n') >= 3);
});

test('a stream ends after its longest time without a return event, so that clients resume', async () => {
  const { server, log } = await start({ sse: { maxDurationMs: 40 } });
  const stream = await openStream(server.port, 'sample.v1.oneThenSilent.watch');
  const text = await stream.ended;
  expect(text).toContain('data: {"n":1}\nid: 1\n');
  expect(text).not.toContain('event: return');
  expect(log.cancelled).toEqual(['sample.v1.oneThenSilent.watch']);
});

test('emit and end: a stream is over after its first item, even where its source waits on', async () => {
  const { server, log } = await start({ sse: { emitAndEndImmediately: true } });
  const stream = await openStream(server.port, 'sample.v1.oneThenSilent.watch');
  const text = await stream.ended;
  expect(text).toContain('data: {"n":1}\nid: 1\n');
  expect(text).not.toContain('event: return');
  expect(log.cancelled).toEqual(['sample.v1.oneThenSilent.watch']);
});

test('a caller that leaves cancels the subscription', async () => {
  const { server, until } = await start();
  const stream = await openStream(server.port, 'sample.v1.silent.watch');
  await stream.until((text) => text.includes('event: connected'));
  stream.leave();
  await until(({ cancelled }) => cancelled.includes('sample.v1.silent.watch'));
  expect(server.http.subscriptions).toBe(0);
});

test('a reader that stops reading holds back the source, and one that reads again gets more', async () => {
  const { server, log, until } = await start({ sse: { maxBufferedBytes: 32_768 } });
  const stream = await openStream(
    server.port,
    `sample.v1.endless.watch?${input({ length: 10_000 })}`,
  );
  stream.incoming.pause();
  const pulled = () => log.pulled.get('sample.v1.endless.watch') ?? 0;
  let before = -1;
  while (before !== pulled()) {
    before = pulled();
    for (let turn = 0; turn < 500; turn += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
  stream.incoming.resume();
  await until(() => pulled() > before + 100);
});

test('a reader that takes nothing from one ping to the next is dropped', async () => {
  const dropped: string[] = [];
  const { server, until } = await start({
    sse: { pingIntervalMs: 200 },
    onDropped: (transport) => dropped.push(transport),
  });
  const target = `sample.v1.endless.watch?${input({ length: 10_000 })}`;
  const stuck = await openStream(server.port, target);
  const reader = await openStream(server.port, target);
  stuck.incoming.pause();
  await until(({ cancelled }) => cancelled.includes('sample.v1.endless.watch'));
  expect(server.http.subscriptions).toBe(1);
  reader.leave();
  await until(({ cancelled }) => cancelled.length === 2);
  expect(dropped).toEqual(['http']);
});

test.each(['UNIMPLEMENTED', 'NOT_FOUND', 'RESOURCE_EXHAUSTED', 'CANCELLED'])(
  'a subscription refused with %s carries no code that stock clients retry',
  async (code) => {
    const { server } = await start();
    const stream = await openStream(server.port, `sample.v1.refused.watch?${input({ code })}`);
    const [, data = ''] = /event: serialized-error\ndata: (.*)\n/.exec(await stream.ended) ?? [];
    // -32603 stands for 500, 501, 502, 503 and 504, all of which the stock SSE client retries.
    expect(JSON.parse(data).code).not.toBe(-32603);
  },
);

test('subscriptions over the cap are refused with a final code', async () => {
  const { server } = await start({ sse: { maxSubscriptions: 1 } });
  const first = await openStream(server.port, 'sample.v1.silent.watch');
  await first.until((text) => text.includes('event: connected'));
  const second = await openStream(server.port, 'sample.v1.silent.watch');
  expect(await second.ended).toContain('"code":"TOO_MANY_REQUESTS"');
});

test('a resume id that would forge an event ends the stream instead', async () => {
  const { server } = await start();
  const stream = await openStream(server.port, 'sample.v1.badId.watch');
  const text = await stream.ended;
  expect(text).toContain('event: serialized-error');
  expect(text).not.toContain('forged');
});

test('a resume id of the caller with a line break is not repeated', async () => {
  const { server } = await start();
  const stream = await openStream(
    server.port,
    `sample.v1.mixed.watch?lastEventId=${encodeURIComponent('1\n\ndata: forged')}`,
  );
  expect(await stream.ended).not.toContain('forged');
});

test('connectionParams of the URL become headers of the call', async () => {
  const { server, log, until } = await start();
  const params = encodeURIComponent(JSON.stringify({ Authorization: 'Bearer t' }));
  await openStream(server.port, `sample.v1.silent.watch?connectionParams=${params}`);
  await until(({ calls }) => calls.length === 1);
  expect(log.calls[0]).toMatchObject({ wire: 'sse', headers: { authorization: 'Bearer t' } });
});

test('draining ends streams so that their clients come back, and waits for calls', async () => {
  const { server } = await start({ sse: { drainJitterMs: 5 } });
  const stream = await openStream(server.port, 'sample.v1.silent.watch');
  await stream.until((text) => text.includes('event: connected'));
  await server.http.drain();
  const text = await stream.ended;
  expect(text).toMatch(/retry: \d+\n/);
  expect(text).not.toContain('event: return');
});

test('a stream that is opened while the gateway drains is sent away', async () => {
  const { server } = await start({ sse: { drainJitterMs: 1 } });
  await server.http.drain();
  const stream = await openStream(server.port, 'sample.v1.silent.watch');
  expect(await stream.ended).toMatch(/retry: \d+\n/);
  expect(server.http.subscriptions).toBe(0);
});

test('a handler that refuses before it returns leaves nothing open', async () => {
  const { table } = createSampleTable();
  const procedure = table.get('sample.v1.silent.watch');
  if (procedure?.type !== 'subscription') throw new Error('the sample has no stream');
  const refusing = {
    ...procedure,
    handle: () => {
      throw new WeirError('PERMISSION_DENIED', 'Not for you.');
    },
  };
  const server = await startOurs(new Map([['sample.v1.silent.watch', refusing]]));
  closing.push(server.close);
  const stream = await openStream(server.port, 'sample.v1.silent.watch');
  expect(await stream.ended).toContain('"code":"FORBIDDEN"');
  expect(server.http.subscriptions).toBe(0);
});
