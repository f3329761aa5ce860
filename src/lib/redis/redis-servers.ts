/** Where Redis is: one server, a cluster, or whatever server the sentinels say is the primary. */
export type RedisServers =
  | {
      /**
       * One URL for a single server (`redis://`, `rediss://` for TLS), or several for the nodes of a
       * cluster, of which one answering is enough to find the others. Those found later are spoken to with
       * the user, password and TLS of the first.
       */
      readonly urls: readonly string[];
    }
  | {
      /** URLs of sentinels, of which one answering is enough. User, password and TLS are those of the first. */
      readonly sentinels: readonly string[];
      /**
       * The name that the sentinels know the primary by, or a URL with that name in place of the host when
       * the servers ask for a password, a database or TLS: `rediss://user:password@name/0`.
       */
      readonly master: string;
    };

/** What a URL says about how to be let in. */
export interface RedisAccess {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
}

export function accessOf({ protocol, username, password }: URL): RedisAccess {
  return {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

/** With the name of the primary as its host. */
export function parseMaster(master: string): URL {
  return new URL(master.includes('://') ? master : `redis://${master}`);
}
