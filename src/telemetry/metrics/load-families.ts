import type { Family } from './family.ts';

type Priority = 'critical' | 'default' | 'bulk';

/** What the gateway refuses because it has too much to do itself. */
export interface LoadReading {
  /** Whether calls of that priority are refused now. */
  readonly shedding: Readonly<Record<Priority, boolean>>;
  /** How many were, by what there was too little of. */
  readonly refused: Readonly<Record<Priority, Record<'event loop' | 'heap', number>>>;
}

export function loadFamilies(read: () => LoadReading): readonly Family[] {
  return [
    {
      name: 'weir_load_shedding',
      help: '1 while the gateway has too much to do for calls of that priority and refuses them.',
      type: 'gauge',
      join: 'max',
      *samples() {
        for (const [priority, sheds] of Object.entries(read().shedding)) {
          yield { suffix: '', labels: `priority="${priority}"`, value: Number(sheds) };
        }
      },
    },
    {
      name: 'weir_load_shed',
      help: 'Calls refused because the gateway had too much to do, by what there was too little of.',
      type: 'counter',
      *samples() {
        for (const [priority, refused] of Object.entries(read().refused)) {
          for (const [shortage, value] of Object.entries(refused)) {
            const labels = `priority="${priority}",shortage="${shortage}"`;
            yield { suffix: '', labels, value };
          }
        }
      },
    },
  ];
}
