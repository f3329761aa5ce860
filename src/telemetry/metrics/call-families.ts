import type { Family } from './family.ts';
import { type MethodMeter, TRANSPORTS } from './method-meter.ts';
import type { Sample } from './sample.ts';

/**
 * Everything that is counted for each call. `method` is a path of the contract, never one that a caller
 * made up, so there are as many as methods.
 */
export function callFamilies(meters: () => Iterable<MethodMeter>): readonly Family[] {
  const unary = () => [...meters()].filter(({ unary }) => unary);
  const streams = () => [...meters()].filter(({ unary }) => !unary);
  return [
    {
      name: 'weir_calls',
      help: 'Calls that ended, by procedure, gRPC status and how the caller came; streams count when they end.',
      type: 'counter',
      *samples() {
        for (const { labels, byTransport } of meters()) {
          for (const transport of TRANSPORTS) {
            for (const [code, value] of byTransport[transport].entries()) {
              if (value === 0 && transport !== 'http') continue;
              const all = `${labels},code="${code}",transport="${transport}"`;
              yield { suffix: '', labels: all, value };
            }
          }
        }
      },
    },
    {
      name: 'weir_calls_refused',
      help: 'Calls that the gateway itself refused or failed, without or in spite of the backend.',
      type: 'counter',
      *samples() {
        for (const { labels, refused } of meters()) {
          for (const [code, value] of refused.entries()) {
            if (code !== 'OK') yield { suffix: '', labels: `${labels},code="${code}"`, value };
          }
        }
      },
    },
    {
      name: 'weir_calls_fallback',
      help: 'Calls answered with what the contract declares for a failing backend, by the failure.',
      type: 'counter',
      *samples() {
        for (const { labels, fallbacks } of meters()) {
          if (fallbacks === undefined) continue;
          for (const [code, value] of fallbacks.entries()) {
            if (code !== 'OK') yield { suffix: '', labels: `${labels},code="${code}"`, value };
          }
        }
      },
    },
    {
      name: 'weir_call_duration_seconds',
      help: 'From the whole request read to the answer ready to be written, queries and mutations.',
      type: 'histogram',
      unit: 'seconds',
      *samples() {
        for (const { labels, duration } of unary()) yield { labels, histogram: duration };
      },
    },
    {
      name: 'weir_calls_in_flight',
      help: 'Queries and mutations under way.',
      type: 'gauge',
      samples: () => each(unary(), ({ inFlight }) => inFlight),
    },
    {
      name: 'weir_subscriptions',
      help: 'Subscriptions that are open.',
      type: 'gauge',
      samples: () => each(streams(), ({ inFlight }) => inFlight),
    },
    {
      name: 'weir_subscription_messages',
      help: 'Messages handed to subscribers.',
      type: 'counter',
      samples: () => each(streams(), ({ messages }) => messages),
    },
    {
      name: 'weir_request_bytes',
      help: 'Protobuf bytes of requests that went to backends.',
      type: 'counter',
      unit: 'bytes',
      samples: () => each(meters(), ({ requestBytes }) => requestBytes),
    },
    {
      name: 'weir_response_bytes',
      help: 'Protobuf bytes that backends answered.',
      type: 'counter',
      unit: 'bytes',
      samples: () => each(meters(), ({ responseBytes }) => responseBytes),
    },
  ];
}

function* each(
  meters: Iterable<MethodMeter>,
  numberOf: (meter: MethodMeter) => number,
): Iterable<Sample> {
  for (const meter of meters) yield { suffix: '', labels: meter.labels, value: numberOf(meter) };
}
