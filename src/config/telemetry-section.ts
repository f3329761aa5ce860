import { z } from 'zod';
import { count, duration, pause, period } from './units.ts';

const share = () => z.number().min(0, 'expected 0 to 1').max(1, 'expected 0 to 1');

/** What the gateway tells of itself. */
export const telemetrySection = z
  .strictObject({
    metrics: z
      .strictObject({
        enabled: z.boolean().default(true),
        path: z
          .string()
          .regex(/^\/[\w/.-]*\w$/, 'expected a path such as "/metrics"')
          .default('/metrics'),
        /**
         * An address of their own, for those who should not see them beside the API. Default: the main
         * listener.
         */
        listen: z
          .strictObject({
            host: z.string().default('127.0.0.1'),
            port: z.int().min(0, 'expected 0 to 65535').max(65_535, 'expected 0 to 65535'),
          })
          .optional(),
      })
      .prefault({}),
    /** Without it there are no traces, and callers' trace headers stop here. */
    traces: z
      .strictObject({
        /** Where a collector takes OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`. */
        url: z.url({
          protocol: /^https?$/,
          error: 'expected an address such as "http://127.0.0.1:4318/v1/traces"',
        }),
        /** Sent with every export, such as an API key. */
        headers: z.record(z.string(), z.string()).default({}),
        serviceName: z.string().default('weir'),
        /** Share of calls whose caller began no trace. A caller who began one has decided. */
        ratio: share().default(0.01),
        /** The same for single procedures, by path. */
        methods: z.record(z.string(), share()).default({}),
        /** Calls that take longer are always kept, as are those that fail by no fault of the caller. */
        slow: duration().prefault('1s'),
        /** How many of those a second, so that an outage does not drown the collector. */
        maxKeptPerSecond: count().default(100),
        /** Spans that wait for the collector; about 2 KiB each. */
        maxQueue: count().default(4_096),
        interval: pause().prefault('1s'),
        /** For one export with its retries. */
        timeout: period().prefault('10s'),
      })
      .optional(),
  })
  .prefault({});
