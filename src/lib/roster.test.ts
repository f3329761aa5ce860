import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { Roster } from './roster.ts';

test('it holds what a Set would hold, whatever comes and goes', () => {
  assert(
    property(array(integer({ min: 0, max: 20 })), (steps) => {
      const entries = Array.from({ length: 21 }, (_, name) => ({ name, rosterPlace: -1 }));
      const roster = new Roster<(typeof entries)[number]>();
      const expected = new Set<number>();
      for (const step of steps) {
        const entry = entries[step] ?? { name: step, rosterPlace: -1 };
        if (expected.delete(step)) roster.delete(entry);
        else {
          expected.add(step);
          roster.add(entry);
        }
        expect(roster.size).toBe(expected.size);
        expect(entries.filter((each) => roster.has(each)).map(({ name }) => name)).toEqual(
          [...expected].sort((a, b) => a - b),
        );
      }
      expect(
        roster
          .values()
          .map(({ name }) => name)
          .sort(),
      ).toEqual([...expected].sort());
    }),
  );
});
