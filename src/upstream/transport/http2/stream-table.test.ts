import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { StreamTable } from './stream-table.ts';

test('it finds what a Map would find, whatever opens and ends', () => {
  // Few places and many identifiers, so that most streams do not stand where they belong.
  const identifiers = integer({ min: 0, max: 400 }).map(
    (step) => 2 * 64 * (step % 5) + 2 * step + 1,
  );
  assert(
    property(array(identifiers, { maxLength: 400, size: 'max' }), (steps) => {
      const table = new StreamTable<{ readonly id: number }>();
      const expected = new Map<number, { readonly id: number }>();
      for (const id of steps) {
        const stream = { id };
        if (expected.delete(id)) table.delete(id);
        else {
          expected.set(id, stream);
          table.add(stream);
        }
        table.delete(2_000_001);
        expect(table.size).toBe(expected.size);
      }
      for (const id of steps) expect(table.get(id)).toBe(expected.get(id));
      expect(new Set(table.values())).toEqual(new Set(expected.values()));
    }),
  );
});
