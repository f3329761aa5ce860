import type { WeirChanges } from './subject.ts';

/** No metrics, log lines or traces: beside it a scenario shows what seeing every call costs. */
export const UNOBSERVED: WeirChanges = {
  config: { telemetry: { metrics: { enabled: false } }, log: { level: 'silent' } },
};
