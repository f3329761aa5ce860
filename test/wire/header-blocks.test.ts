import { once } from 'node:events';
import { connect, constants, type OutgoingHttpHeaders, sensitiveHeaders } from 'node:http2';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HpackDecoder } from '../../src/upstream/transport/http2/hpack/decoder.ts';
import { greet, type RawPeer, setting, startRawPeer, TYPE } from './raw-peer.ts';

const { HTTP2_HEADER_PATH } = constants;

const name = fc.stringMatching(/^x-[a-z0-9]{1,12}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/);
const headers = fc.dictionary(name, value, { maxKeys: 12 });

test.each([0, 100, 4_096])(
  "blocks of nghttp2's encoder decode to what was sent, with a table of %i octets",
  async (tableSize) => {
    const { promise: peerReady, resolve } = Promise.withResolvers<RawPeer>();
    const server = await startRawPeer((peer) => {
      greet(peer, setting(1, tableSize));
      resolve(peer);
    });
    const session = connect(`http://127.0.0.1:${server.port}`);
    session.on('error', () => {});
    const peer = await peerReady;
    await once(session, 'remoteSettings');
    const decoder = new HpackDecoder(4_096, 1 << 20);
    await fc.assert(
      fc.asyncProperty(headers, fc.boolean(), async (fields, secret) => {
        const sent: OutgoingHttpHeaders = { ...fields, [HTTP2_HEADER_PATH]: '/a.A/B' };
        const stream = session.request({
          ...sent,
          ...(secret && { [sensitiveHeaders]: Object.keys(fields) }),
        });
        stream.on('error', () => {});
        const frame = await peer.nextOf(TYPE.headers);
        stream.close(constants.NGHTTP2_CANCEL);
        // The client's PRIORITY flag puts five octets in front.
        const start = ((frame?.flags ?? 0) & 0x20) === 0 ? 0 : 5;
        const block = frame?.payload ?? Buffer.alloc(0);
        const decoded = decoder.decode(Buffer.from(block), start, block.length);
        const own = decoded.fields.filter(([each]) => each.startsWith('x-'));
        expect(Object.fromEntries(own)).toEqual({ ...fields });
        expect(decoded.fields).toContainEqual([':path', '/a.A/B']);
      }),
      { numRuns: 150 },
    );
    session.destroy();
    await server.close();
  },
);
