import { getHeapStatistics } from 'node:v8';
import type { Config } from '../config/schema.ts';
import type { Priority } from '../contract/policy.ts';
import { EventLoopDelay } from '../lib/event-loop-delay.ts';
import type { LoadReading } from '../telemetry/metrics/load-families.ts';

export interface LoadReadings {
  loopDelayMs(): number;
  /** Of the heap's limit, 0 to 1. */
  heapShare(): number;
}

export type Shortage = 'event loop' | 'heap';

/** Knows whether the gateway can take on calls of a priority now. */
export interface LoadShedder {
  /** What there is too little of; undefined while there is enough. */
  shortageFor(priority: Priority): Shortage | undefined;
  /** Counts a call that was refused for it. */
  countRefusal(priority: Priority, shortage: Shortage): void;
  read(): LoadReading;
  /** Looks at the readings. */
  look(): void;
}

export function createLoadShedder(
  config: Config['overload'],
  readings: LoadReadings,
  onChange: (
    shed: readonly Priority[],
    reading: { loopDelayMs: number; heapShare: number },
  ) => void,
): LoadShedder {
  let shortages: Readonly<Partial<Record<Priority, Shortage>>> = {};
  let shed = '';
  const refused: LoadReading['refused'] = {
    bulk: { 'event loop': 0, heap: 0 },
    default: { 'event loop': 0, heap: 0 },
    critical: { 'event loop': 0, heap: 0 },
  };
  return {
    shortageFor: (priority) => shortages[priority],
    countRefusal(priority, shortage) {
      refused[priority][shortage] += 1;
    },
    read: () => ({
      shedding: {
        bulk: shortages.bulk !== undefined,
        default: shortages.default !== undefined,
        critical: shortages.critical !== undefined,
      },
      refused,
    }),
    look() {
      const loopDelayMs = readings.loopDelayMs();
      const heapShare = readings.heapShare();
      const found: Partial<Record<Priority, Shortage>> = {};
      for (const priority of PRIORITIES) {
        if (heapShare >= config.heap[priority]) found[priority] = 'heap';
        else if (loopDelayMs >= config.loopDelay[priority]) found[priority] = 'event loop';
      }
      shortages = found;
      const classes = PRIORITIES.filter((priority) => found[priority] !== undefined);
      if (classes.join() === shed) return;
      shed = classes.join();
      onChange(classes, { loopDelayMs, heapShare });
    },
  };
}

const PRIORITIES: readonly Priority[] = ['bulk', 'default', 'critical'];

/** Of this process, looked at again and again until the result is called. */
export function watchLoad(
  config: Config['overload'],
  onChange: Parameters<typeof createLoadShedder>[2],
): { readonly shedder: LoadShedder; stop(): void } {
  const delay = new EventLoopDelay();
  const readings: LoadReadings = {
    loopDelayMs: () => delay.read(),
    heapShare() {
      const { used_heap_size, heap_size_limit } = getHeapStatistics();
      return used_heap_size / heap_size_limit;
    },
  };
  const shedder = createLoadShedder(config, readings, onChange);
  const timer = setInterval(() => shedder.look(), config.interval).unref();
  return {
    shedder,
    stop() {
      clearInterval(timer);
      delay.stop();
    },
  };
}
