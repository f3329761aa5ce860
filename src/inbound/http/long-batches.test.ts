import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { JsonArray, LONGEST_BATCH } from './batch-sink.ts';
import type { CallOutcome } from './call-outcome.ts';
import { JsonLines } from './json-lines.ts';

/** Together longer than V8 lets one string be, which it says by throwing. */
const ANSWER: CallOutcome = { status: 200, json: 'x'.repeat(2 ** 25), headers: [] };
const CALLS = 17;

test('a batch whose answers are too long together is refused, with how to mend it', () => {
  const sent: [status: number, body: unknown][] = [];
  const array = new JsonArray(
    { requestId: 'r1', sendJson: (status, body) => sent.push([status, JSON.parse(body)]) },
    CALLS,
  );
  for (let index = 0; index < CALLS; index++) array.settle(index, ANSWER);
  const message = `The answers of this batch are longer than ${LONGEST_BATCH} characters together. Ask for less in one batch, or with httpBatchStreamLink.`;
  const error = { message, data: { code: 'PAYLOAD_TOO_LARGE', requestId: 'r1' } };
  expect(sent).toMatchObject([[413, Array(CALLS).fill({ error })]]);
});

test('as JSON Lines they are sent in pieces', async () => {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  let written = 0;
  const count = (text: unknown): boolean => {
    written += String(text).length;
    return true;
  };
  vi.spyOn(response, 'write').mockImplementation(count);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const end = vi.fn((text: unknown) => {
    count(text);
    resolve();
  });
  const lines = new JsonLines({ response, headersFor: () => [], end }, CALLS);
  for (let index = 0; index < CALLS; index++) lines.settle(index, ANSWER);
  await ended;
  expect(written).toBeGreaterThan(CALLS * ANSWER.json.length);
  expect(end).toHaveBeenCalledTimes(1);
});
