import type { Family } from './family.ts';
import { type BucketExemplar, LATENCY_NUMBERS } from './latency-histogram.ts';
import type { Sample } from './sample.ts';

/**
 * What a family held at one moment, in a form that is cheap to hand to another process: few strings, and
 * all numbers in one array. Ten thousand counters and a thousand histograms are 1 MB.
 */
export interface FamilyReading extends Omit<Family, 'samples'> {
  /** Suffix and labels of each plain sample, as `toSampleKey` joins them. */
  readonly keys: readonly string[];
  readonly values: Float64Array;
  readonly histogramLabels: readonly string[];
  /** `LATENCY_NUMBERS` for each histogram. */
  readonly histogramNumbers: Float64Array;
  /** Of the histograms that have any, by their place. */
  readonly exemplars: ReadonlyMap<number, readonly BucketExemplar[]>;
}

export function readFamilies(families: Iterable<Family>): readonly FamilyReading[] {
  return Array.from(families, readFamily);
}

function readFamily(family: Family): FamilyReading {
  const keys: string[] = [];
  const values: number[] = [];
  const histogramLabels: string[] = [];
  const exemplars = new Map<number, readonly BucketExemplar[]>();
  const histograms = [];
  for (const sample of family.samples()) {
    if ('histogram' in sample) {
      const ofThis = sample.histogram.exemplars;
      if (ofThis.length > 0) exemplars.set(histograms.length, ofThis);
      histogramLabels.push(sample.labels);
      histograms.push(sample.histogram);
    } else {
      keys.push(toSampleKey(sample));
      values.push(sample.value);
    }
  }
  const histogramNumbers = new Float64Array(histograms.length * LATENCY_NUMBERS);
  for (const [place, histogram] of histograms.entries()) {
    histogram.writeTo(histogramNumbers, place * LATENCY_NUMBERS);
  }
  const { name, help, type, unit, join } = family;
  return {
    ...{ name, help, type, unit, join },
    keys,
    values: Float64Array.from(values),
    histogramLabels,
    histogramNumbers,
    exemplars,
  };
}

function toSampleKey({ suffix, labels }: Sample): string {
  return `${suffix}{${labels}`;
}

export function fromSampleKey(key: string, value: number): Sample {
  const at = key.indexOf('{');
  return { suffix: toSuffix(key.slice(0, at)), labels: key.slice(at + 1), value };
}

function toSuffix(text: string): Sample['suffix'] {
  return text === '_bucket' || text === '_sum' || text === '_count' ? text : '';
}
