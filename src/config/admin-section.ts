import { z } from 'zod';

/** The operator's routes under `/admin/`. */
export const adminSection = z
  .strictObject({
    /** What a caller must be permitted: by a role under `auth.roles`, or by a token's own permissions. */
    permission: z.string().min(1, 'expected the name of a permission').default('weir.admin'),
    /**
     * With `auth.mode: off` nobody's permissions are known. `open` then lets everybody in who can reach
     * the gateway: for development.
     */
    whenAuthOff: z.enum(['closed', 'open']).default('closed'),
    /**
     * Names that lead to the gateway beside `localhost`. With `open` nobody may ask under another: a page can
     * have a name of its own lead here.
     */
    hosts: z
      .array(
        z
          .string()
          .regex(/^[\w-]+(?:\.[\w-]+)*$/, 'expected a name without a port, such as "weir.internal"')
          .toLowerCase(),
      )
      .default([]),
  })
  .prefault({});
