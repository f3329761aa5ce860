import type { Family } from './family.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** What is counted for one connection to the Redis that gateways share. */
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

/** @param meters by what the connection is for, of a closed set. */
export function redisFamilies(meters: Readonly<Record<string, RedisMeter>>): readonly Family[] {
  const each = Object.entries(meters).map(([use, meter]) => ({ labels: `use="${use}"`, meter }));
  return [
    {
      name: 'weir_redis_connected',
      help: '1 while commands can be sent to Redis, for limits and cache (calls) and for sign-in (auth).',
      type: 'gauge',
      join: 'min',
      samples: () =>
        each.map(({ labels, meter }) => ({ suffix: '', labels, value: Number(meter.connected) })),
    },
    {
      name: 'weir_redis_errors',
      help: 'Commands that Redis did not answer in time, or with an error.',
      type: 'counter',
      samples: () => each.map(({ labels, meter }) => ({ suffix: '', labels, value: meter.errors })),
    },
    {
      name: 'weir_redis_command_duration_seconds',
      help: 'How long Redis took to answer a command.',
      type: 'histogram',
      unit: 'seconds',
      samples: () => each.map(({ labels, meter }) => ({ labels, histogram: meter.duration })),
    },
  ];
}
