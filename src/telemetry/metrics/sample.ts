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
