import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort, type RedisServer, startRedisServer } from './redis-server.ts';

const run = promisify(execFile);

/** What sentinels ask for; over TLS the servers ask for another. */
const PASSWORD = 'watch';
const SERVER_PASSWORD = 'serve';

export interface WatchedRedis {
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  /** How gateways find the primary: a sentinel that is not there, and the one that is. */
  readonly servers: { readonly sentinels: readonly string[]; readonly master: string };
  stop(): Promise<void>;
}

/** PEM files with which all speak TLS, to each other as well. */
export interface RedisTls {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

/** A primary with a replica, and a real sentinel that promotes the replica when the primary dies. */
export async function startWatchedRedis(tls?: RedisTls): Promise<WatchedRedis> {
  const settings = tls === undefined ? [] : settingsOf(tls);
  const access =
    tls === undefined ? [] : ['--requirepass', SERVER_PASSWORD, '--masterauth', SERVER_PASSWORD];
  const options = [...settings.flatMap(([name, value]) => [`--${name}`, value]), ...access];
  const primary = await startRedisServer('--repl-diskless-sync-delay', '0', ...options);
  const replicaOf = ['--replicaof', '127.0.0.1', String(primary.port)];
  const replica = await startRedisServer(...replicaOf, ...options);
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), 'weir-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  writeFileSync(
    file,
    `${tls === undefined ? `port ${port}` : `port 0\ntls-port ${port}`}
bind 127.0.0.1
dir ${folder}
requirepass ${PASSWORD}
${settings.map((setting) => setting.join(' ')).join('\n')}
sentinel monitor weir 127.0.0.1 ${primary.port} 1
${tls === undefined ? '' : `sentinel auth-pass weir ${SERVER_PASSWORD}`}
sentinel down-after-milliseconds weir 500
sentinel failover-timeout weir 5000
`,
  );
  const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  const trusting = tls === undefined ? [] : ['--tls', '--cacert', tls.ca];
  const known = ['-p', String(port), '-a', PASSWORD, '--no-auth-warning', ...trusting];
  const replicas = [...known, 'sentinel', 'replicas', 'weir'];
  for (;;) {
    const { stdout } = await run('redis-cli', replicas).catch(() => ({ stdout: '' }));
    if (/master-link-status\s+ok/.test(stdout)) break;
    await pause(50);
  }
  const absent = await findFreePort();
  const scheme = tls === undefined ? 'redis' : 'rediss';
  return {
    primary,
    replica,
    servers: {
      sentinels: [absent, port].map((at) => `${scheme}://:${PASSWORD}@127.0.0.1:${at}`),
      master: tls === undefined ? 'weir' : `rediss://:${SERVER_PASSWORD}@weir`,
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

function settingsOf({ certificate, key, ca }: RedisTls): readonly (readonly [string, string])[] {
  return [
    ['tls-cert-file', certificate],
    ['tls-key-file', key],
    ['tls-ca-cert-file', ca],
    ['tls-auth-clients', 'no'],
    ['tls-replication', 'yes'],
  ];
}
