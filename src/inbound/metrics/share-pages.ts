import type { ExpositionFormat } from '../../telemetry/metrics/exposition.ts';
import type { Metrics } from '../../telemetry/metrics/metrics.ts';

/**
 * One page at a time, and the next one for all who asked meanwhile: a page of a large contract stops the event
 * loop for tens of milliseconds, and many who ask at once, whoever they are, would stop it for seconds. No page
 * is older than the question.
 */
export function sharePages(metrics: Pick<Metrics, 'page'>): Pick<Metrics, 'page'> {
  const next = new Map<ExpositionFormat, Promise<string>>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    page(format) {
      const shared = next.get(format);
      if (shared !== undefined) return shared;
      const page = last.then(() => {
        next.delete(format);
        return metrics.page(format);
      });
      next.set(format, page);
      last = page.catch(() => {});
      return page;
    },
  };
}
