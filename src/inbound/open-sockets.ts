import type { Server, Socket } from 'node:net';

/**
 * Knows every socket of a server from its first octet on. `closeAllConnections` of node:http does not know
 * those that never finish their TLS handshake, and the server would wait for them as long as they like.
 *
 * @returns what drops them
 */
export function trackSockets(server: Server): () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return function dropSockets() {
    for (const socket of open) socket.destroy();
  };
}
