import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toAnswerJson } from '../../contract.ts';
import { BUILD } from '../../places.ts';
import { trpcAt } from '../../protocols/trpc.ts';
import { nodeCommand, type Stage, type Subject } from '../../subject.ts';

/** Bare `node:http` that asks nobody: the floor below which no gateway on Node can get. */
export const node: Subject = {
  name: 'node',
  protocol: trpcAt(''),
  commands: { gateway: serveConstant, front: serveConstant },
};

function serveConstant({ port, calls, batch }: Stage) {
  const [call] = calls;
  if (!call) throw new Error('A scenario of the subject node needs a call.');
  const file = join(BUILD, 'node-answer.txt');
  const envelope = `{"result":{"data":${toAnswerJson(call)}}}`;
  const batched = `[${Array.from({ length: batch }, () => envelope).join(',')}]`;
  const isStream = call.kind === 'subscription';
  const answer = batch === 1 ? envelope : batched;
  writeFileSync(file, isStream ? `data: ${toAnswerJson(call)}\n\n` : answer);
  return nodeCommand(join(import.meta.dirname, 'server.ts'), {
    PORT: String(port),
    ANSWER_FILE: file,
    IS_STREAM: String(isStream),
  });
}
