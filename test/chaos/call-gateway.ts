import { type Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Outcome } from './outcome.ts';

/** Longer than any call may take: what is silent for so long hangs. */
const HUNG_MS = 10_000;

/** One tRPC call over plain HTTP, as a client without any cleverness makes it: an error is an ending too. */
export async function callGateway(
  trpcUrl: string,
  agent: Agent,
  kind: Outcome['kind'],
  orderId: string,
): Promise<Outcome> {
  const sentAt = Date.now();
  const started = performance.now();
  const end = (ending: Outcome['ending'], error: string): Outcome => ({
    kind,
    orderId,
    sentAt,
    tookMs: performance.now() - started,
    ending,
    error,
  });
  try {
    const answer: unknown = JSON.parse(await send(trpcUrl, agent, kind, orderId));
    return end(...readAnswer(answer));
  } catch (error) {
    // Of an order that the gateway said nothing about, its caller knows nothing.
    return end('unknown', `no answer: ${String(error)}`);
  }
}

function send(
  trpcUrl: string,
  agent: Agent,
  kind: Outcome['kind'],
  orderId: string,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const isRead = kind === 'read';
  const outgoing = request(
    `${trpcUrl}/chaos.v1.deskService.${isRead ? 'read?input=%7B%7D' : 'place'}`,
    {
      agent,
      method: isRead ? 'GET' : 'POST',
      headers: isRead ? {} : { 'content-type': 'application/json' },
      timeout: HUNG_MS,
    },
  );
  outgoing.on('response', (response) => text(response).then(resolve, reject));
  outgoing.on('timeout', () => outgoing.destroy(new Error(`silent for ${HUNG_MS} ms`)));
  outgoing.on('error', (error) => {
    // Closed as idle in the moment it was taken: what may be sent again is, as every HTTP client does it.
    if (isRead && outgoing.reusedSocket) resolve(send(trpcUrl, agent, kind, orderId));
    else reject(error);
  });
  outgoing.end(isRead ? undefined : JSON.stringify({ orderId }));
  return promise;
}

function readAnswer(answer: unknown): [Outcome['ending'], string] {
  if (isObject(answer) && 'result' in answer) return ['ok', ''];
  const error = isObject(answer) && isObject(answer.error) ? answer.error : {};
  const grpc = isObject(error.data) && isObject(error.data.grpc) ? error.data.grpc : {};
  const details = Array.isArray(grpc.details) ? grpc.details : [];
  const unknown = details.some((each) => isObject(each) && each.reason === 'OUTCOME_UNKNOWN');
  return [unknown ? 'unknown' : 'refused', `${String(grpc.code)}: ${String(error.message)}`];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
