import type { Random } from '../../lib/clock.ts';
import type { CheckedHealth, Endpoint } from '../endpoint.ts';
import type { HealthProbe } from './health-probe.ts';
import { createHealthJudge, type HealthThresholds } from './health-thresholds.ts';
import type { HealthAnswer } from './serving-status.ts';
import { StallWatch } from './stall-watch.ts';
import type { HealthWatch } from './watch-health.ts';

export interface HealthMonitorOptions extends HealthThresholds {
  readonly probe: HealthProbe;
  readonly intervalMs: number;
  /** How long the probe waits for an answer. */
  readonly timeoutMs: number;
  readonly random: Random;
  /** @param reason for anything but healthy */
  readonly onChange: (
    endpoint: Endpoint,
    health: CheckedHealth,
    reason: string | undefined,
  ) => void;
}

/** Asks one endpoint again and again until stopped. */
export interface HealthMonitor {
  stop(): void;
}

/**
 * A watch, where the backend offers one, tells of changes at once; asking at each interval shows that it is
 * still there to tell. A backend that offers neither is not judged, and asked no more (gRFC A17).
 * An answer that was missed while the gateway's own event loop stood still is no answer.
 * Intervals are from question to question, or waiting in vain would lengthen them when it matters; they vary
 * by ±20 %, so that many gateways do not ask one backend in step.
 */
export function startHealthMonitor(
  endpoint: Endpoint,
  options: HealthMonitorOptions,
): HealthMonitor {
  const { probe } = options;
  const judge = createHealthJudge(options);
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let canAsk = true;
  let canWatch = probe.watch !== undefined;
  let watch: HealthWatch | undefined;
  const stalls = new Set<StallWatch>();

  async function look(): Promise<void> {
    const nextAt = performance.now() + options.intervalMs * (0.8 + 0.4 * options.random());
    if (canWatch && watch === undefined) openWatch();
    await ask();
    if (stopped || (!canAsk && !canWatch)) return;
    timer = setTimeout(() => void look(), nextAt - performance.now()).unref();
  }

  async function ask(): Promise<void> {
    if (!canAsk) return;
    const stall = new StallWatch(options.timeoutMs);
    stalls.add(stall);
    const answer = await probe.ask(endpoint);
    const stalledMs = stall.end();
    stalls.delete(stall);
    if (stopped) return;
    // The gateway stood still and did not look: that says nothing of the backend.
    if (isOverdue(answer) && stalledMs > options.timeoutMs / 2) return;
    if (answer.verdict === 'unsupported') {
      canAsk = false;
      endIfNobodyTells();
    } else {
      take(answer, false);
    }
  }

  function openWatch(): void {
    let said = false;
    watch = probe.watch?.(
      endpoint,
      (answer) => {
        said = true;
        take(answer, true);
      },
      (answer) => {
        watch = undefined;
        if (answer.verdict === 'unsupported') {
          canWatch = false;
          endIfNobodyTells();
        } else if (!canAsk) {
          take(answer, false);
        } else if (said) {
          // It was there a moment ago: learn now what became of it, not at the next interval.
          void ask();
        }
      },
    );
  }

  function endIfNobodyTells(): void {
    if (canAsk || canWatch) return;
    clearTimeout(timer);
    become('unknown', 'the backend has no health service');
  }

  function take(answer: HealthAnswer, announced: boolean): void {
    if (answer.verdict === 'unsupported') return;
    const reason = answer.verdict === 'unhealthy' ? answer.reason : undefined;
    become(judge.take(endpoint.health, answer.verdict, announced), reason);
  }

  function become(health: CheckedHealth, reason: string | undefined): void {
    const before = endpoint.health;
    endpoint.health = health;
    // That a new endpoint is healthy is as it should be.
    const isNews = before === 'unknown' ? health !== 'healthy' : health !== before;
    if (isNews) options.onChange(endpoint, health, reason);
  }

  void look();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      watch?.stop();
      for (const stall of stalls) stall.end();
    },
  };
}

function isOverdue(answer: HealthAnswer): boolean {
  return answer.verdict === 'unhealthy' && answer.overdue === true;
}
