import type { GrpcCode } from '../../errors.ts';
import { CodeCounts } from './code-counts.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** The counters of one endpoint of a backend, which live as long as it does. */
export class EndpointMeter {
  readonly attempts = new CodeCounts();
  readonly duration = new LatencyHistogram();

  /** @param code undefined for a success. */
  ended(code: GrpcCode | undefined, durationMs: number): void {
    this.attempts.count(code);
    this.duration.observe(durationMs);
  }
}
