import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort, type RedisServer, startRedisServer } from './redis-server.ts';

const run = promisify(execFile);

const PASSWORD = 'watch';

export interface WatchedRedis {
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  /** How gateways find the primary: a sentinel that is not there, and the one that is. */
  readonly servers: { readonly sentinels: readonly string[]; readonly master: string };
  stop(): Promise<void>;
}

/** A primary with a replica, and a real sentinel that promotes the replica when the primary dies. */
export async function startWatchedRedis(): Promise<WatchedRedis> {
  const primary = await startRedisServer('--repl-diskless-sync-delay', '0');
  const replica = await startRedisServer('--replicaof', '127.0.0.1', String(primary.port));
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), 'weir-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  writeFileSync(
    file,
    `port ${port}
bind 127.0.0.1
dir ${folder}
requirepass ${PASSWORD}
sentinel monitor weir 127.0.0.1 ${primary.port} 1
sentinel down-after-milliseconds weir 500
sentinel failover-timeout weir 5000
`,
  );
  const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  const known = ['-p', String(port), '-a', PASSWORD, '--no-auth-warning', 'sentinel', 'replicas'];
  for (;;) {
    const { stdout } = await run('redis-cli', [...known, 'weir']).catch(() => ({ stdout: '' }));
    if (/master-link-status\s+ok/.test(stdout)) break;
    await pause(50);
  }
  const absent = await findFreePort();
  return {
    primary,
    replica,
    servers: {
      sentinels: [absent, port].map((at) => `redis://:${PASSWORD}@127.0.0.1:${at}`),
      master: 'weir',
    },
    async stop() {
      const ended = once(sentinel, 'exit');
      sentinel.kill('SIGKILL');
      await ended;
      await Promise.all([primary.kill(), replica.kill()]);
      rmSync(folder, { recursive: true });
    },
  };
}
