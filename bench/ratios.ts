import { type Spread, spread } from './figures.ts';
import { BACKEND, type Run } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

export const OURS = 'weir';

/** Weir ÷ subject by scenario and subject, of the figure that the scenario compares. */
export type Ratios = Record<string, Record<string, Spread>>;

/**
 * Each round has a ratio of its own, of two measurements that are seconds apart; the median is of those.
 * A machine whose speed changes from minute to minute moves both sides of it, but not the ratio.
 */
export function toRatios(scenarios: readonly Scenario[], runs: readonly Run[]): Ratios {
  const ratios: Ratios = {};
  for (const { name, compares } of scenarios) {
    const rows = runs.filter(({ scenario, subject }) => scenario === name && subject !== BACKEND);
    const ours = rows.find(({ subject }) => subject === OURS);
    if (ours === undefined) continue;
    const others = rows.filter((row) => row !== ours);
    ratios[name] = Object.fromEntries(
      others.flatMap(({ subject, rounds }) => {
        const ofRounds = rounds.flatMap((theirs, round) => {
          const dividend = ours.rounds[round]?.[compares];
          const divisor = theirs[compares];
          return dividend === undefined || divisor === undefined ? [] : [dividend / divisor];
        });
        return ofRounds.length === 0 ? [] : [[subject, spread(ofRounds)]];
      }),
    );
  }
  return ratios;
}
