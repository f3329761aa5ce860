import { join } from 'node:path';
import { create, createFileRegistry } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { loadContracts } from './load-contracts.ts';
import { redactText, redactTexts } from './redact-text.ts';

const folder = join(import.meta.dirname, '..', '..', 'test', 'telemetry', 'redacted-contract');
const { registry } = await loadContracts([{ folder }]);
const request = registry.getMessage('market.v1.GetQuoteRequest');
const plain = registry.getMessage('market.v1.GetQuoteResponse');
if (request === undefined || plain === undefined) throw new Error('The contract has no messages.');
const asked = { descriptor: request, types: registry };
const CREDENTIAL = { '@type': 'example/market.v1.Credential', name: 'ada', key: 'a2V5' };
const inAny = (value: unknown) => ({ '@type': 'example/google.protobuf.Any', value });

test.each([
  [{ symbol: 'AAPL' }, 'no AAPL, AAPL', 'no [redacted], [redacted]'],
  [{ pin: 1234 }, 'the pin 1234', 'the pin [redacted]'],
  [{ pins: { desk: 7 } }, 'desk has 7', '[redacted] has [redacted]'],
  [{ owner: { name: 'ada', key: 'a2V5' } }, 'ada: a2V5', '[redacted]: [redacted]'],
  [{ credentials: [{ name: 'ada', key: 'a2V5' }] }, 'ada: a2V5', 'ada: [redacted]'],
  [{ proofs: [CREDENTIAL] }, 'ada: a2V5', 'ada: [redacted]'],
  [{ proofs: [inAny(inAny(CREDENTIAL))] }, 'ada: a2V5', 'ada: [redacted]'],
  [{ proofs: [{ ...CREDENTIAL, '@type': 'no.such.Type' }] }, 'ada: a2V5', 'ada: a2V5'],
  [{ proofs: [{ '@type': 7 }, null, {}] }, 'nothing', 'nothing'],
  [{ symbol: 'A', owner: { name: 'AB' } }, 'AB', '[redacted]'],
  [{ symbol: 'a"b' }, 'no "a\\"b"', 'no "[redacted]"'],
  [{ symbol: '' }, 'nothing', 'nothing'],
  [null, 'nothing', 'nothing'],
  ['rubbish', 'nothing of rubbish', 'nothing of rubbish'],
])('of %j the text "%s" becomes "%s"', (input, text, expected) => {
  expect(redactText(text, asked, input)).toBe(expected);
});

const { OPTIONAL, REPEATED } = FieldDescriptorProto_Label;
const { STRING, MESSAGE } = FieldDescriptorProto_Type;
const extended = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: 'extended.proto',
    package: 'e',
    messageType: [
      {
        name: 'M',
        field: [{ name: 'open', jsonName: 'open', number: 1, type: STRING, label: OPTIONAL }],
        extensionRange: [{ start: 100, end: 200 }],
      },
    ],
    extension: [
      { name: 'pin', number: 100, type: STRING, options: { debugRedact: true } },
      { name: 'plain', number: 101, type: STRING },
      { name: 'inner', number: 102, type: MESSAGE, typeName: '.e.M', label: REPEATED },
    ].map((extension) => ({ label: OPTIONAL, extendee: '.e.M', ...extension })),
  }),
  () => undefined,
);

test.each([
  [{ '[e.pin]': 'HUNTER2' }, 'no [redacted]'],
  [{ '[e.inner]': [{ '[e.pin]': 'HUNTER2' }] }, 'no [redacted]'],
  [{ '[e.plain]': 'HUNTER2', open: 'HUNTER2', '[e.none]': 'HUNTER2' }, 'no HUNTER2'],
])('of extensions %j the text becomes %j', (input, expected) => {
  const descriptor = extended.getMessage('e.M');
  if (descriptor === undefined) throw new Error('The contract has no message.');
  expect(redactText('no HUNTER2', { descriptor, types: extended }, input)).toBe(expected);
});

test('a message without such fields is not looked at', () => {
  expect(redactText('AAPL', { ...asked, descriptor: plain }, { symbol: 'AAPL' })).toBe('AAPL');
});

test('a text about more values than can be looked for is hidden whole', () => {
  const pins = Object.fromEntries(Array.from({ length: 1_001 }, (_, pin) => [`desk${pin}`, 0]));
  expect(redactText('nothing of them', asked, { pins })).toBe('[redacted]');
});

test('of a detail everything is looked at but its type', () => {
  const detail = { '@type': 'example/HUNTER2', reason: 'HUNTER2', metadata: { seen: 'a HUNTER2' } };
  expect(redactTexts([detail], asked, { symbol: 'HUNTER2' })).toEqual([
    { '@type': 'example/HUNTER2', reason: '[redacted]', metadata: { seen: 'a [redacted]' } },
  ]);
});
