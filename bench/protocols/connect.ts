import { grpcPath } from '../call.ts';
import type { Protocol } from '../protocol.ts';

/** Connect's own protocol with JSON. https://connectrpc.com/docs/protocol/ */
export const connect: Protocol = {
  unary: (call) => ({
    method: 'POST',
    path: grpcPath(call),
    headers: { 'content-type': 'application/json', 'connect-protocol-version': '1' },
    body: Buffer.from(JSON.stringify(call.input)),
  }),
  subscribe: (call) => ({
    method: 'POST',
    path: grpcPath(call),
    headers: { 'content-type': 'application/connect+json', 'connect-protocol-version': '1' },
    body: envelope(Buffer.from(JSON.stringify(call.input))),
  }),
};

/** Enveloped-Message: one byte of flags, four bytes of length, the message. */
function envelope(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
