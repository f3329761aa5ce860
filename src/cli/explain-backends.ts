import type { Config } from '../config/schema.ts';
import type { Method } from '../contract/method.ts';
import type { HedgingPolicy, MethodPolicy, RetryPolicy } from '../contract/policy.ts';
import type { ContractSnapshot } from '../contract/snapshot.ts';
import { durationText } from './duration-text.ts';
import { explainUpstream } from './explain-upstream.ts';
import { formatTable } from './table.ts';

/**
 * What Weir does for the calls of each service when its backends fail, after contract and configuration are
 * joined: first what holds for the whole upstream, then what differs by method.
 */
export function explainBackends(
  { methods }: Pick<ContractSnapshot, 'methods'>,
  config: Pick<Config, 'upstreams' | 'deadline'>,
): string {
  const sections = Object.entries(config.upstreams).map(([name, upstream]) => {
    const served = [...methods.values()].filter((method) => method.upstream === name);
    const policies = explainUpstream(upstream)
      .map(([policy, text]) => `  ${policy.padEnd(11)}  ${text}`)
      .join('\n');
    const head = `Upstream "${name}"`;
    if (served.length === 0) return `${head}, which no method asks for:\n${policies}`;
    const table = formatTable(
      ['method', 'at most', 'sent again', 'priority', 'when the backend fails'],
      served.map((method) => [
        method.path,
        describeTime(method, config.deadline, upstream.maxTimeout),
        describeRepeats(method),
        method.policy.priority,
        describeFailure(method.policy),
      ]),
    );
    return `${head}:\n${policies}\n\n${table}`;
  });
  return sections.join('\n\n');
}

function describeTime(
  { procedureType, policy }: Method,
  { default: byDefault, max, maxStream }: Config['deadline'],
  ceiling: number | undefined,
): string {
  // A ceiling on time would cut streams, which live long by nature.
  if (procedureType === 'subscription') {
    return durationText(Math.min(policy.timeoutMs ?? maxStream, maxStream));
  }
  const asked = Math.min(policy.timeoutMs ?? byDefault, max);
  return durationText(Math.min(asked, ceiling ?? asked));
}

function describeRepeats({ procedureType, policy }: Method): string {
  if (policy.hedging !== undefined) return describeHedging(policy.hedging);
  if (policy.retry === undefined) return 'only what never left';
  const retries = describeRetry(policy.retry);
  return procedureType === 'subscription' ? `${retries}, before the first message` : retries;
}

function describeRetry(retry: RetryPolicy): string {
  const { maxAttempts, codes, initialBackoffMs, maxBackoffMs, perTryTimeoutMs } = retry;
  const each =
    perTryTimeoutMs === undefined ? '' : `, each of at most ${durationText(perTryTimeoutMs)}`;
  const pauses = `${durationText(initialBackoffMs)} to ${durationText(maxBackoffMs)} apart`;
  return `${maxAttempts} attempts on ${codes.join(', ')}, ${pauses}${each}`;
}

function describeHedging({ maxAttempts, hedgingDelayMs, nonFatalCodes }: HedgingPolicy): string {
  const at = nonFatalCodes.length === 0 ? '' : `, at once on ${nonFatalCodes.join(', ')}`;
  return `hedged: ${maxAttempts} attempts, ${durationText(hedgingDelayMs)} apart${at}`;
}

function describeFailure({ cache, fallback }: MethodPolicy): string {
  const ways = [
    cache === undefined || cache.staleWhileErrorMs === 0
      ? ''
      : `an old answer for ${durationText(cache.staleWhileErrorMs)}`,
    fallback === undefined ? '' : `a declared answer on ${fallback.codes.join(', ')}`,
    'an error',
  ];
  return ways.filter((way) => way !== '').join(', then ');
}
