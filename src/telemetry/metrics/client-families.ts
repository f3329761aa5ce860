import { type Family, type Join, toLabels } from './family.ts';
import type { Sample } from './sample.ts';

/** What prom-client keeps: everything that is not on the path of a call. */
export interface ClientMetric {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, string | number | undefined>>;
    readonly metricName?: string;
  }[];
}

/** The metrics of a prom-client registry, from its `getMetricsAsJSON`. */
export function clientFamilies(metrics: readonly ClientMetric[]): readonly Family[] {
  return metrics.flatMap((metric) => {
    const type = familyTypeOf(metric);
    return type === undefined ? [] : [toFamily(metric, type)];
  });
}

function familyTypeOf({ type, name }: ClientMetric): Family['type'] | undefined {
  // prom-client's own gauges named `_total` break the rules of OpenMetrics; each has a twin by kind.
  if (type === 'gauge') return name.endsWith('_total') ? undefined : type;
  return type === 'counter' || type === 'histogram' ? type : undefined;
}

/** What is one process's own, a sum of which says nothing: its event loop, heap, descriptors, processor. */
const OF_A_PROCESS = /^(process|nodejs)_/;
/** What is the same in every worker, or everybody's affair as soon as it is one's. */
const SHARED = /_info$|^weir_(draining|limiter_degraded)$/;

function joinOf(name: string): Join {
  if (SHARED.test(name)) return 'max';
  return OF_A_PROCESS.test(name) ? 'each' : 'sum';
}

function toFamily(metric: ClientMetric, type: Family['type']): Family {
  const name = metric.name.replace(/_total$/, '');
  return {
    name,
    help: metric.help,
    type,
    join: joinOf(name),
    unit: name.endsWith('_seconds') ? 'seconds' : name.endsWith('_bytes') ? 'bytes' : undefined,
    *samples(): Iterable<Sample> {
      for (const { value, labels, metricName } of metric.values) {
        yield { suffix: suffixOf(metricName, name), labels: toLabels(labels), value };
      }
    },
  };
}

function suffixOf(metricName: string | undefined, name: string): Sample['suffix'] {
  const suffix = metricName?.slice(name.length);
  return suffix === '_bucket' || suffix === '_sum' || suffix === '_count' ? suffix : '';
}
