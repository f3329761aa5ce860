import { once } from 'node:events';
import { createServer } from 'node:net';

/** Those of these ports on loopback that somebody listens on already. */
export async function takenPorts(ports: readonly number[]): Promise<number[]> {
  const states = await Promise.all(ports.map(async (port) => ({ port, free: await isFree(port) })));
  return states.filter(({ free }) => !free).map(({ port }) => port);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
