import type { AnswerPath } from './request-router.ts';

/**
 * What a kubelet or a load balancer asks. `GET /health/live` is 200 for as long as the process answers at
 * all; `GET /health/ready` is 200 until the gateway drains, then 503. No backend is asked for either: a
 * gateway whose backends are away is none the better for a restart, and its callers should hear from it
 * which those are.
 */
export function createProbes(isDraining: () => boolean): AnswerPath {
  const probes = new Map([
    ['/health/live', () => true],
    ['/health/ready', () => !isDraining()],
  ]);

  return function answerProbe({ method }, response, path) {
    const passes = probes.get(path);
    if (passes === undefined) return false;
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return true;
    }
    const [status, text] = passes() ? [200, 'ok\n'] : [503, 'draining\n'];
    response
      .writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
      .end(text);
    return true;
  };
}
