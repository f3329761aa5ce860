import { parse, TomlError } from 'smol-toml';

/**
 * Reads TOML.
 * @throws Error that says what is wrong and where, and leaves out the lines that smol-toml shows: they may
 * hold secrets, and errors end in logs and tickets.
 */
export function parseToml(text: string): unknown {
  try {
    return parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const [reason = ''] = thrown.message.split('\n', 1);
    throw new Error(`${reason} at line ${thrown.line}, column ${thrown.column}`);
  }
}
