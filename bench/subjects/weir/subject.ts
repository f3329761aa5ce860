import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, ROOT } from '../../places.ts';
import { trpcAt } from '../../protocols/trpc.ts';
import { nodeCommand, type Stage, type Subject } from '../../subject.ts';
import { writeWeirContract } from '../../weir-contract.ts';

/** Weir itself: the whole gateway as it is shipped, compiled, or one of its fronts alone. */
export const weir: Subject = {
  name: 'weir',
  protocol: trpcAt('/trpc'),
  commands: {
    gateway(stage) {
      const file = fileFor(stage, 'yaml');
      writeFileSync(file, toConfig(stage));
      const { program, args, env } = nodeCommand(join(ROOT, 'dist', 'main.js'), {});
      return { program, args: [...args, 'serve', '--config', file], env: env ?? {} };
    },
    front: serve('front.ts'),
    sockets: serve('sockets.ts'),
  },
};

function serve(server: string) {
  return (stage: Stage) =>
    nodeCommand(join(import.meta.dirname, server), {
      PORT: String(stage.port),
      CONTRACT: writeContract(stage),
      MESSAGES_PER_SECOND: String(stage.messagesPerSecond),
    });
}

/** JSON is YAML too. */
function toConfig(stage: Stage): string {
  const endpoints = [`127.0.0.1:${stage.backendPort}`];
  return JSON.stringify({
    server: { host: '127.0.0.1', port: stage.port },
    contracts: [{ descriptorSet: writeContract(stage) }],
    upstreams: { market: { endpoints }, orders: { endpoints } },
    ...stage.weir.config,
  });
}

function writeContract(stage: Stage): string {
  const file = fileFor(stage, 'binpb');
  writeWeirContract(file, stage.weir.policy ?? {});
  return file;
}

/** Several Weirs may stand side by side, each with files of its own. */
function fileFor({ port }: Stage, extension: string): string {
  const directory = join(BUILD, 'weir');
  mkdirSync(directory, { recursive: true });
  return join(directory, `${port}.${extension}`);
}
