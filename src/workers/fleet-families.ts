import type { Family } from '../telemetry/metrics/family.ts';

/** How the workers are, as the primary counts it. */
export function fleetFamilies(
  fleet: { readonly serving: number; readonly restarted: number; readonly killed: number },
  count: number,
): readonly Family[] {
  return [
    family('weir_workers', 'Workers that there should be.', 'gauge', () => count),
    family('weir_workers_serving', 'Workers that serve.', 'gauge', () => fleet.serving),
    family(
      'weir_worker_restarts',
      'Workers started in place of one that ended.',
      'counter',
      () => fleet.restarted,
    ),
    family(
      'weir_worker_kills',
      'Workers killed because they said nothing for too long.',
      'counter',
      () => fleet.killed,
    ),
  ];
}

function family(name: string, help: string, type: Family['type'], read: () => number): Family {
  return { name, help, type, samples: () => [{ suffix: '', labels: '', value: read() }] };
}
