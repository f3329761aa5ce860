import { z } from 'zod';
import type { RedisServers } from '../lib/redis/redis-servers.ts';
import { period } from './units.ts';

const address = (example: string) =>
  z
    .string()
    .regex(/^rediss?:\/\/\S+$/, `expected an address such as "${example}"`)
    .refine((url) => URL.canParse(url), `expected an address such as "${example}"`);

const sentinels = z
  .array(address('redis://10.0.0.5:26379'))
  .min(1, 'expected at least one address')
  .refine(
    (urls) => new Set(urls.map(accessText)).size === 1,
    'expected the same user, password and scheme for all sentinels',
  );

const master = z
  .string()
  .regex(
    /^(?:rediss?:\/\/(?:[^\s@/]*@)?)?[\w.-]+(?:\/\d{0,4})?$/,
    'expected the name that the sentinels know the primary by, such as "weir", or "rediss://user:password@weir"',
  );

/** What several gateways share. Without it every gateway stands alone. */
export const redisSection = z
  .strictObject({
    /** One server (or the address that leads to the primary), or some nodes of a cluster. */
    urls: z
      .array(address('redis://127.0.0.1:6379'))
      .min(1, 'expected at least one address')
      .optional(),
    /** The sentinels that know which server is the primary now; no others are asked. Port 26379 unless they say another. */
    sentinels: sentinels.optional(),
    /** The name that sentinels know the primary by; as a URL, with what its servers ask for. */
    master: master.optional(),
    /** 25 ms: a reply in the same data centre takes one; whoever waits longer decides without Redis. */
    timeout: period().prefault('25ms'),
    /** Before every key, so that several deployments can share a server. */
    prefix: z.string().default('weir:'),
  })
  .refine((given) => (given.urls === undefined) !== (given.sentinels === undefined), {
    error: 'expected either `urls` or `sentinels` with `master`',
  })
  .refine((given) => (given.sentinels === undefined) === (given.master === undefined), {
    path: ['master'],
    error: 'expected with `sentinels`, and only there: the name that they know the primary by',
  })
  .transform(({ urls, sentinels, master, ...rest }) => ({
    ...rest,
    servers: toServers(urls, sentinels, master),
  }))
  .optional();

function toServers(
  urls: readonly string[] = [],
  sentinels: readonly string[] | undefined,
  master: string | undefined,
): RedisServers {
  return sentinels === undefined || master === undefined ? { urls } : { sentinels, master };
}

function accessText(url: string): string {
  if (!URL.canParse(url)) return '';
  const { protocol, username, password } = new URL(url);
  return JSON.stringify([protocol, username, password]);
}
