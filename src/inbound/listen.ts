import type { Server } from 'node:http';
import { UserError } from '../lib/user-error.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Opens the server's port and tells where it is, as `http://127.0.0.1:4000`.
 * @param settings which ones say where, for the error.
 * @throws UserError
 */
export async function listen(
  server: Server,
  scheme: 'http' | 'https',
  { host, port }: ListenAddress,
  settings: string,
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const mend = `${cause.code === 'EADDRINUSE' ? 'Free it, or set' : 'Set'} ${settings}.`;
      const message = `Cannot listen on ${host}:${port}: ${cause.message}. ${mend}`;
      reject(new UserError(message, [], { cause }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${scheme}://${name}:${address.port}`;
}
