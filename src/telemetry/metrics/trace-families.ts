import type { Family } from './family.ts';

/** What became of spans. */
export interface TraceReading {
  readonly queue: {
    readonly exported: number;
    readonly dropped: number;
    readonly refused: number;
    readonly waiting: number;
  };
  readonly sampling: { readonly notKept: number };
  /** Exports by how they ended. */
  readonly exports: Readonly<Record<string, number>>;
  readonly maxQueue: number;
}

export function traceFamilies({
  queue,
  sampling,
  exports,
  maxQueue,
}: TraceReading): readonly Family[] {
  return [
    family(
      'weir_spans_exported',
      'Spans that the collector took.',
      'counter',
      () => queue.exported,
    ),
    {
      name: 'weir_spans_dropped',
      help: 'Spans that were lost: the queue was full, or the collector did not take them.',
      type: 'counter',
      samples: () => [
        { suffix: '', labels: 'reason="queue"', value: queue.dropped },
        { suffix: '', labels: 'reason="collector"', value: queue.refused },
      ],
    },
    family(
      'weir_spans_waiting',
      'Spans that wait for the collector.',
      'gauge',
      () => queue.waiting,
    ),
    family(
      'weir_spans_waiting_limit',
      'Spans that may wait; more are dropped.',
      'gauge',
      () => maxQueue,
    ),
    {
      name: 'weir_span_exports',
      help: 'Exports to the collector, tries included, by how they ended.',
      type: 'counter',
      *samples() {
        for (const [result, value] of Object.entries(exports)) {
          yield { suffix: '', labels: `result="${result}"`, value };
        }
      },
    },
    family(
      'weir_traces_not_kept',
      'Failed and slow calls above the number that is kept each second.',
      'counter',
      () => sampling.notKept,
    ),
  ];
}

function family(name: string, help: string, type: Family['type'], read: () => number): Family {
  return { name, help, type, samples: () => [{ suffix: '', labels: '', value: read() }] };
}
