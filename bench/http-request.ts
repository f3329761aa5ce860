import { request as httpRequest } from 'node:http';

/** A request that a load generator repeats unchanged. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** The request as bytes on an HTTP/1.1 connection. */
export function toBytes({ method, path, headers, body }: HttpRequest): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body) lines.push(`content-length: ${body.length}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  return body ? Buffer.concat([head, body]) : head;
}

/** The request as a wrk script that reports its totals as one line of JSON. */
export function toWrkScript({ method, path, headers, body }: HttpRequest): string {
  const lines = [`wrk.method = "${method}"`, `wrk.path = ${luaString(path)}`];
  for (const [name, value] of Object.entries(headers)) {
    lines.push(`wrk.headers[${luaString(name)}] = ${luaString(value)}`);
  }
  if (body) lines.push(`wrk.body = ${luaString(Buffer.from(body).toString('latin1'))}`);
  lines.push(`
function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"seconds":%.6f,"failures":%d,"p50Ms":%.4f,"p99Ms":%.4f}',
    summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end`);
  return `${lines.join('\n')}\n`;
}

function luaString(text: string): string {
  const escaped = Array.from(text, (character) =>
    /[\w .:/?=&%{},[\]-]/.test(character)
      ? character
      : `\\${String(character.charCodeAt(0)).padStart(3, '0')}`,
  );
  return `"${escaped.join('')}"`;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Sends the request once. Resolves as soon as `enough` says so, for answers that never end. */
export function sendOnce(
  port: number,
  { method, path, headers, body }: HttpRequest,
  enough: (body: Buffer) => boolean,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = httpRequest(
    { host: '127.0.0.1', port, method, path, headers, agent: false, timeout: 5_000 },
    (response) => {
      let received = Buffer.alloc(0);
      const settle = () => resolve({ status: response.statusCode ?? 0, body: received });
      response.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (!enough(received)) return;
        settle();
        sent.destroy();
      });
      response.on('end', settle);
      response.on('error', reject);
    },
  );
  sent.on('timeout', () => sent.destroy(new Error('no complete answer within 5 seconds')));
  sent.on('error', reject);
  sent.end(body);
  return promise;
}
