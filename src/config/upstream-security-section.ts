import { z } from 'zod';
import { period } from './units.ts';

/** Files are watched: new ones are used for new connections as soon as they can be, and the old ones until then. */
export const tls = z
  .strictObject({
    /** PEM files. */
    ca: z.string().optional(),
    /** What Weir shows of itself, for mutual TLS. */
    certificate: z.string().optional(),
    key: z.string().optional(),
    /** The name for SNI that the peer's certificate must carry; default: the endpoint's host. */
    serverName: z.string().optional(),
    poll: period().prefault('1s'),
  })
  .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
    error: 'expected `certificate` and `key` together',
  });

/** gRPC PROTOCOL-HTTP2, Custom-Metadata; without what the protocol, HTTP/2 and Weir say themselves. */
const metadataName = z
  .string()
  .regex(
    /^(?!grpc-|x-weir-|(?:te|content-type|content-length|user-agent|host|connection|upgrade)$)[0-9a-z_.-]+$/,
    'expected a metadata name in lower case that is not the protocol\'s own, such as "x-api-key"',
  );

const prefix = z
  .string()
  .regex(/^[\x20-\x7e]*$/, 'expected printable ASCII')
  .default('');

export const ownMetadata = z
  .record(
    metadataName,
    z.union(
      [
        z.string().regex(/^[\x20-\x7e]+$/),
        z.strictObject({ env: z.string(), prefix }),
        /** Read again when it changes. */
        z.strictObject({ file: z.string(), prefix }),
      ],
      'expected text of printable ASCII, {env: NAME}, or {file: path, prefix: "Bearer "}',
    ),
  )
  .default({});
