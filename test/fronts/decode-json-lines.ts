/** The values of a tRPC JSON Lines answer, with every promised chunk put in its place. */
export function decodeJsonLines(text: string): unknown {
  const [headLine, ...lines] = text.trim().split('\n');
  const chunks = new Map<number, unknown>();
  for (const line of lines) {
    const [id, status, value] = JSON.parse(line);
    chunks.set(id, status === 0 ? value : [[{ rejected: value }]]);
  }
  function resolve(encoded: unknown): unknown {
    if (!Array.isArray(encoded))
      throw new Error(`not an encoded value: ${JSON.stringify(encoded)}`);
    const [[value], ...definitions] = encoded;
    let resolved: unknown = value;
    for (const [key, , id] of definitions) {
      const part = resolve(chunks.get(id));
      if (key === null) resolved = part;
      else resolved = { ...Object(resolved), [key]: part };
    }
    return resolved;
  }
  const head: Record<string, unknown> = JSON.parse(headLine ?? '');
  return Object.fromEntries(Object.entries(head).map(([key, value]) => [key, resolve(value)]));
}
