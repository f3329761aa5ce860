import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCachedAnswer } from './cached-answer.ts';
import { MemoryLayer } from './memory-layer.ts';

const terms = { ttlMs: 1_000, staleWhileRevalidateMs: 0, staleIfErrorMs: 0, negativeTtlMs: 0 };

test('holds no more than its bytes under random keys', () => {
  const layer = new MemoryLayer({ maxBytes: 1_000_000, maxAnswerBytes: 100_000 });
  for (let index = 0; index < 5_000; index += 1) {
    const json = JSON.stringify(randomBytes(500).toString('hex'));
    layer.set(randomBytes(30).toString('hex'), createCachedAnswer(json, terms, 0));
    expect(layer.bytes).toBeLessThanOrEqual(1_000_000);
  }
  expect(layer.answers).toBeGreaterThan(600);
});

test('an answer too large to keep pushes nothing out', () => {
  const layer = new MemoryLayer({ maxBytes: 1_000_000, maxAnswerBytes: 1_000 });
  layer.set('small', createCachedAnswer('"small"', terms, 0));
  layer.set('large', createCachedAnswer(`"${'x'.repeat(5_000)}"`, terms, 0));
  expect([layer.get('large'), layer.get('small')?.json]).toEqual([undefined, '"small"']);
});
