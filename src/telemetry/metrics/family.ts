/** An example of what fell into a bucket: the trace that shows it. OpenMetrics 1.0, "Exemplars". */
export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  /** Seconds of the Unix epoch. */
  readonly timestamp: number;
}

export interface Sample {
  /** What follows the family's name; a counter's `_total` is added by the page. */
  readonly suffix: '' | '_bucket' | '_sum' | '_count';
  /** Ready for the page, such as `method="a.b",code="OK"`; see `toLabels`. */
  readonly labels: string;
  readonly value: number;
  readonly exemplar?: Exemplar | undefined;
}

/** Samples of one name. */
export interface Family {
  /** Without `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** The last part of the name, where it is measured in something. */
  readonly unit?: 'seconds' | 'bytes' | undefined;
  samples(): Iterable<Sample>;
}

export function toLabels(labels: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(String(value ?? ''))}"`)
    .join(',');
}

/** The text format and OpenMetrics agree on these three. */
function escapeLabel(value: string): string {
  return value.replace(/[\\"\n]/g, (each) => (each === '\n' ? '\\n' : `\\${each}`));
}
