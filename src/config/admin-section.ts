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
  })
  .prefault({});
