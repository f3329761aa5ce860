import type { Method } from '../contract/method.ts';
import type { ContractSnapshot } from '../contract/snapshot.ts';
import type { Metrics } from '../telemetry/metrics/metrics.ts';
import type { RecordOptions } from './record.ts';

/** Binds the meter of each method of a snapshot, so that a call finds its own by one look. */
export function bindMeters(
  { methods }: Pick<ContractSnapshot, 'methods'>,
  metrics: Metrics | undefined,
): RecordOptions['meterOf'] {
  if (metrics === undefined) return () => undefined;
  const meters = new Map<Method, ReturnType<Metrics['method']>>();
  for (const method of methods.values()) {
    meters.set(method, metrics.method(method.path, method.procedureType !== 'subscription'));
  }
  return (method) => meters.get(method);
}
