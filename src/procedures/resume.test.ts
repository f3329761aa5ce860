import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadContracts } from '../contract/load-contracts.ts';
import type { Method } from '../contract/method.ts';
import { Cancellation } from '../lib/cancellation.ts';
import type { Call } from '../pipeline/call.ts';
import { createResume } from './resume.ts';

const folder = join(import.meta.dirname, '..', '..', 'proto');
const { methods } = await loadContracts([{ folder }]);
const watch = methods.get('orders.v1.orderService.watchExecutions');
const stream = watch?.policy.stream;
if (watch === undefined || stream === undefined)
  throw new Error('The contract has no such stream.');

const resumedBy = (resumeField: string | undefined): Method => ({
  ...watch,
  policy: { ...watch.policy, stream: { ...stream, resumeField } },
});

const callWith = (input: unknown, lastEventId: string | undefined): Call => ({
  id: 'r1',
  method: watch,
  wire: 'caller',
  input,
  headers: {},
  peer: { address: '10.0.0.1' },
  cancellation: new Cancellation(),
  deadline: undefined,
  lastEventId,
});

test.each([
  { field: 'sequence', json: '{"sequence":"7"}', item: { json: '{"sequence":"7"}', id: '7' } },
  { field: 'sequence', json: '{"sequence":"0"}', item: { json: '{"sequence":"0"}', id: '0' } },
  {
    field: 'executed_at',
    json: '{"executedAt":"a"}',
    item: { json: '{"executedAt":"a"}', id: 'a' },
  },
  { field: 'executed_at', json: '{}', item: { json: '{"id":"","data":{}}' } },
  { field: 'symbol', json: '{"symbol":""}', item: { json: '{"id":"","data":{"symbol":""}}' } },
  { field: undefined, json: '{"symbol":""}', item: { json: '{"symbol":""}' } },
])('$json resumed by $field has its form', ({ field, json, item }) => {
  expect(createResume(resumedBy(field)).toItem(json)).toEqual(item);
});

test.each([
  { input: { symbol: 'A' }, lastEventId: undefined, resumed: { symbol: 'A' } },
  { input: { symbol: 'A' }, lastEventId: '7', resumed: { symbol: 'A', afterSequence: '7' } },
  { input: { afterSequence: '1' }, lastEventId: '7', resumed: { afterSequence: '7' } },
  { input: { after_sequence: '1' }, lastEventId: '7', resumed: { afterSequence: '7' } },
  { input: undefined, lastEventId: '7', resumed: { afterSequence: '7' } },
])('$input goes on after $lastEventId', ({ input, lastEventId, resumed }) => {
  expect(createResume(watch).resumeInput(callWith(input, lastEventId))).toEqual(resumed);
});

test('an input that is no object cannot be resumed', () => {
  const { resumeInput } = createResume(watch);
  expect(() => resumeInput(callWith('A', '7'))).toThrow(
    'The input is a string; expected an object.',
  );
});
