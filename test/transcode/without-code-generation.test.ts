import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { loadSampleContracts, messageOf } from './sample-contracts.ts';

const ORDER =
  '{"orderId":"7","limit":{"price":1.5},"labels":{"desk":"macro"},"children":[{"market":{}}]}';

test('a process that forbids code generation gets the same answers', () => {
  const output = execFileSync(
    join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'node'),
    [
      '--disallow-code-generation-from-strings',
      join(import.meta.dirname, 'without-code-generation.ts'),
      ORDER,
    ],
    { encoding: 'utf8' },
  );
  const registry = loadSampleContracts();
  const { encode, decode } = createTranscoder(registry, { compiles: true }).codec(
    messageOf(registry, 'orders.v1.Order'),
  );
  expect(output.trim()).toBe(decode(encode(JSON.parse(ORDER))));
});
