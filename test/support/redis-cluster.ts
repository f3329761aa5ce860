import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort, type RedisServer, sendTo, startRedisServer } from './redis-server.ts';

const run = promisify(execFile);

export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  readonly urls: readonly string[];
  /** Starts a replica of `nodes[index]`, and resolves when it has all that this has. */
  replicate(index: number): Promise<RedisServer>;
  stop(): Promise<void>;
}

/** A real cluster of three primaries without replicas, each with a third of the slots. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-cluster-'));
  const replicas: RedisServer[] = [];
  const nodes = [await startNode('a'), await startNode('b'), await startNode('c')];
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  for (const node of nodes) await untilAnswered(node, 'CLUSTER INFO', 'cluster_state:ok');
  return {
    nodes,
    urls: nodes.map(({ url }) => url),
    async replicate(index) {
      const replica = await startNode(`replica-${replicas.length}`);
      replicas.push(replica);
      const known = addresses[index] ?? '';
      const id = await sendTo(nodes[index] ?? replica, 'CLUSTER MYID');
      const address = `127.0.0.1:${replica.port}`;
      const join = ['--cluster', 'add-node', address, known, '--cluster-slave'];
      await run('redis-cli', [...join, '--cluster-master-id', id.split('\r\n')[1] ?? '']);
      await untilAnswered(replica, 'INFO replication', 'master_link_status:up');
      return replica;
    },
    async stop() {
      for (const node of [...nodes, ...replicas]) await node.kill();
      rmSync(folder, { recursive: true });
    },
  };

  async function startNode(name: string): Promise<RedisServer> {
    // Without a port of its own the bus would take one 10,000 above, which may not exist.
    const busPort = String(await findFreePort());
    const options = ['--cluster-enabled', 'yes', '--cluster-port', busPort];
    const file = ['--cluster-config-file', join(folder, `${name}.conf`)];
    const quick = ['--cluster-node-timeout', '1000', '--dir', folder];
    return startRedisServer(...options, ...file, ...quick, '--repl-diskless-sync-delay', '0');
  }
}

async function untilAnswered(node: RedisServer, question: string, answer: string): Promise<void> {
  while (!(await sendTo(node, question)).includes(answer)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
