import type { StreamItem } from '../../pipeline/reply.ts';

// The stock server ends every event with three line feeds: one for the field, two of its own.
const END = '\n\n';

/** The first event: tells stock clients how long a silence means a lost connection. */
export function connectedEvent(reconnectAfterInactivityMs: number | undefined): string {
  const client = reconnectAfterInactivityMs === undefined ? {} : { reconnectAfterInactivityMs };
  return `event: connected\ndata: ${JSON.stringify(client)}\n${END}`;
}

export const PING_EVENT = `event: ping\ndata: \n${END}`;

/** The stream is complete; a stock client does not reconnect. */
export const RETURN_EVENT = `event: return\ndata: \n${END}`;

export function errorEvent(shape: unknown): string {
  return `event: serialized-error\ndata: ${JSON.stringify(shape)}\n${END}`;
}

/** Tells EventSource how long to wait before it reconnects (WHATWG HTML 9.2.6, `retry`). */
export function retryField(ms: number): string {
  return `retry: ${ms}\n${END}`;
}

/**
 * One item as an event. EventSource gives an event without an id the last id it saw, so an untracked item
 * clears the id, and a second event, which nobody listens to, puts it back for the next reconnect.
 */
export function itemEvent({ json, id }: StreamItem, lastEventId: string | undefined): string {
  if (id) return `data: ${json}\nid: ${id}\n${END}`;
  if (lastEventId === undefined) return `data: ${json}\n${END}`;
  return `data: ${json}\nid: \n${END}event: restore-id\ndata: \nid: ${lastEventId}\n${END}`;
}
