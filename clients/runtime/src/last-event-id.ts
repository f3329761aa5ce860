/** An operation that begins after an event; where stock tRPC servers and Weir look for that event's id. */
export function withLastEventId<Operation extends { input: unknown }>(
  op: Operation,
  lastEventId: string | undefined,
): Operation {
  if (lastEventId === undefined) return op;
  const input = typeof op.input === 'object' && op.input !== null ? op.input : {};
  return { ...op, input: { ...input, lastEventId } };
}
