import type { Family } from './family.ts';
import type { Sample } from './sample.ts';

export type ExpositionFormat = 'text' | 'openMetrics';

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openMetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Exemplars and units need OpenMetrics, so who reads it gets it. */
export function chooseFormat(accept: string | undefined): ExpositionFormat {
  return accept?.includes('application/openmetrics-text') === true ? 'openMetrics' : 'text';
}

/** The page in the Prometheus text format 0.0.4 or in OpenMetrics 1.0. */
export function writePage(families: Iterable<Family>, format: ExpositionFormat): string {
  const open = format === 'openMetrics';
  let page = '';
  for (const family of families) {
    const { name, type, unit, help } = family;
    // The text format names a counter's samples in its TYPE line, OpenMetrics the family.
    const declared = !open && type === 'counter' ? `${name}_total` : name;
    page += `# HELP ${declared} ${escapeHelp(help)}\n# TYPE ${declared} ${type}\n`;
    if (open && unit !== undefined) page += `# UNIT ${name} ${unit}\n`;
    const sampleName = type === 'counter' ? `${name}_total` : name;
    for (const sample of family.samples()) {
      if (!('histogram' in sample)) page += writeSample(sampleName, sample, open);
      else {
        for (const each of sample.histogram.samples(sample.labels))
          page += writeSample(sampleName, each, open);
      }
    }
  }
  return open ? `${page}# EOF\n` : page;
}

function writeSample(name: string, { suffix, labels, value, exemplar }: Sample, open: boolean) {
  const line = `${name}${suffix}${labels === '' ? '' : `{${labels}}`} ${toText(value)}`;
  if (!open || exemplar === undefined) return `${line}\n`;
  const { traceId, value: seen, timestamp } = exemplar;
  return `${line} # {trace_id="${traceId}"} ${toText(seen)} ${timestamp.toFixed(3)}\n`;
}

function toText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function escapeHelp(help: string): string {
  return help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
}
