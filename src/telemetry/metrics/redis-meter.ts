import type { Family } from './family.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** What is counted for the Redis that gateways share. */
export class RedisMeter {
  readonly duration = new LatencyHistogram();
  errors = 0;
  readonly #connected: () => boolean;

  constructor(connected: () => boolean) {
    this.#connected = connected;
  }

  get connected(): boolean {
    return this.#connected();
  }
}

export function redisFamilies(meter: RedisMeter): readonly Family[] {
  return [
    {
      name: 'weir_redis_connected',
      help: '1 while commands can be sent to the Redis of limits and cache.',
      type: 'gauge',
      join: 'min',
      samples: () => [{ suffix: '', labels: '', value: Number(meter.connected) }],
    },
    {
      name: 'weir_redis_errors',
      help: 'Commands that Redis did not answer in time, or with an error.',
      type: 'counter',
      samples: () => [{ suffix: '', labels: '', value: meter.errors }],
    },
    {
      name: 'weir_redis_command_duration_seconds',
      help: 'How long Redis took to answer a command.',
      type: 'histogram',
      unit: 'seconds',
      samples: () => [{ labels: '', histogram: meter.duration }],
    },
  ];
}
