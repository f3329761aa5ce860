import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, ROOT } from '../../places.ts';
import { trpcAt } from '../../protocols/trpc.ts';
import { nodeCommand, type Stage, type Subject } from '../../subject.ts';
import { writeWeirContract } from '../../weir-contract.ts';

/** Weir itself: the whole gateway as `weir serve` runs it, or one of its fronts alone. */
export const weir: Subject = {
  name: 'weir',
  protocol: trpcAt('/trpc'),
  commands: {
    gateway(stage) {
      const file = join(BUILD, 'weir.yaml');
      writeFileSync(file, toConfig(stage));
      const { program, args, env } = nodeCommand(join(ROOT, 'src', 'main.ts'), {});
      return { program, args: [...args, 'serve', '--config', file], env: env ?? {} };
    },
    front: serve('front.ts'),
    sockets: serve('sockets.ts'),
  },
};

function serve(file: string) {
  return ({ port, messagesPerSecond, weir: { policy } }: Stage) =>
    nodeCommand(join(import.meta.dirname, file), {
      PORT: String(port),
      CONTRACT: writeWeirContract(policy ?? {}),
      MESSAGES_PER_SECOND: String(messagesPerSecond),
    });
}

/** JSON is YAML too. */
function toConfig({ port, backendPort, weir: { config, policy } }: Stage): string {
  const endpoints = [`127.0.0.1:${backendPort}`];
  return JSON.stringify({
    server: { host: '127.0.0.1', port },
    contracts: [{ descriptorSet: writeWeirContract(policy ?? {}) }],
    auth: { mode: 'off' },
    upstreams: { market: { endpoints }, orders: { endpoints } },
    ...config,
  });
}
