import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UserError } from '../lib/user-error.ts';

/**
 * A password from the terminal, without showing it, or from the first line of standard input where that
 * is piped. Never from an argument: every process on the machine can read those.
 * @throws UserError when there is none.
 */
export async function readPassword(): Promise<string> {
  const { stdin, stderr } = process;
  if (stdin.isTTY) stderr.write('Password: ');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY });
  try {
    for await (const line of lines) {
      if (line === '') break;
      return line;
    }
  } finally {
    lines.close();
    if (stdin.isTTY) stderr.write('\n');
  }
  throw new UserError('No password was given.');
}
