import { z } from 'zod';

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
  })
  .prefault({});
