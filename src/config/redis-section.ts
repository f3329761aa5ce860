import { z } from 'zod';
import { period } from './units.ts';

const redisUrl = z
  .string()
  .regex(/^rediss?:\/\/\S+$/, 'expected an address such as "redis://127.0.0.1:6379"');

/** What several gateways share. Without it every gateway stands alone. */
export const redisSection = z
  .strictObject({
    /** One server (or the address that leads to the primary), or some nodes of a cluster. */
    urls: z.array(redisUrl).min(1, 'expected at least one address'),
    /** 25 ms: a reply in the same data centre takes one; whoever waits longer decides without Redis. */
    timeout: period().prefault('25ms'),
    /** Before every key, so that several deployments can share a server. */
    prefix: z.string().default('weir:'),
  })
  .optional();
