import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCacheKey } from './cache-key.ts';

const parts = { contract: 'v1', method: 'market.getQuote', generations: '', input: '{}' };

test('no identity and input make the key of another identity and input', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', ':', '1', '3', '{', '"'),
    maxLength: 8,
  });
  fc.assert(
    fc.property(text, text, text, text, (identityA, inputA, identityB, inputB) => {
      const a = createCacheKey({ ...parts, identity: identityA, input: inputA });
      const b = createCacheKey({ ...parts, identity: identityB, input: inputB });
      expect(a === b).toBe(identityA === identityB && inputA === inputB);
    }),
  );
});

test('nobody can name himself so that he reads or writes public answers', () => {
  const open = createCacheKey({ ...parts, identity: undefined });
  for (const identity of ['public', '', 'public {}', '6:public']) {
    expect(createCacheKey({ ...parts, identity })).not.toBe(open);
  }
});

test('a long input makes no long key', () => {
  const input = 'x'.repeat(1_000_000);
  const key = createCacheKey({ ...parts, identity: 'ann', input });
  expect(key.length).toBeLessThan(200);
  expect(key).not.toBe(createCacheKey({ ...parts, identity: 'ann', input: `${input}y` }));
  expect(key).not.toBe(createCacheKey({ ...parts, identity: 'bob', input }));
});
