import { BACKEND, type Run } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

export const OURS = 'weir';

/** Weir ÷ subject by scenario and subject, of the figure that the scenario compares. */
export type Ratios = Record<string, Record<string, number>>;

export function toRatios(scenarios: readonly Scenario[], runs: readonly Run[]): Ratios {
  const ratios: Ratios = {};
  for (const { name, compares } of scenarios) {
    const rows = runs.filter(({ scenario, subject }) => scenario === name && subject !== BACKEND);
    const ours = rows.find(({ subject }) => subject === OURS)?.summary[compares]?.median;
    if (ours === undefined) continue;
    ratios[name] = Object.fromEntries(
      rows.flatMap(({ subject, summary }) => {
        const theirs = summary[compares]?.median;
        return subject === OURS || theirs === undefined ? [] : [[subject, ours / theirs]];
      }),
    );
  }
  return ratios;
}
