import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort, type RedisServer, sendTo, startRedisServer } from './redis-server.ts';

export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

/** A real cluster of three primaries without replicas, each with a third of the slots. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-cluster-'));
  const nodes: RedisServer[] = [];
  for (const name of ['a', 'b', 'c']) {
    // Without a port of its own the bus would take one 10,000 above, which may not exist.
    const busPort = String(await findFreePort());
    const options = ['--cluster-enabled', 'yes', '--cluster-port', busPort];
    const file = ['--cluster-config-file', join(folder, `${name}.conf`)];
    const quick = ['--cluster-node-timeout', '1000', '--dir', folder];
    nodes.push(await startRedisServer(...options, ...file, ...quick));
  }
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await promisify(execFile)('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  for (const node of nodes) await untilFormed(node);
  return {
    nodes,
    urls: nodes.map(({ url }) => url),
    async stop() {
      for (const node of nodes) await node.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

async function untilFormed(node: RedisServer): Promise<void> {
  for (;;) {
    const state = await sendTo(node, 'CLUSTER INFO');
    if (state.includes('cluster_state:ok')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
