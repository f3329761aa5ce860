import { once } from 'node:events';
import { createServer } from 'node:http';
import type { TestKey } from './test-issuer.ts';

/** An issuer's JWK Set over HTTP, whose keys and health a test decides. */
export interface JwksServer {
  readonly url: string;
  keys: readonly TestKey[];
  down: boolean;
  readonly requests: number;
  close(): Promise<void>;
}

export async function startJwksServer(keys: readonly TestKey[]): Promise<JwksServer> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    if (jwks.down) response.writeHead(503).end();
    else response.end(JSON.stringify({ keys: jwks.keys.map(({ jwk }) => jwk) }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const jwks = {
    url: `http://127.0.0.1:${address.port}/jwks.json`,
    keys,
    down: false,
    get requests() {
      return requests;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return jwks;
}
