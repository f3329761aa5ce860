import { create, createFileRegistry, createRegistry, type DescMethod } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { Authenticator } from '../auth/authenticator.ts';
import type { LiveAccess } from '../auth/revocation/live-access.ts';
import type { Method } from '../contract/method.ts';
import { WeirError } from '../errors.ts';
import type { Call } from '../pipeline/call.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Reply } from '../pipeline/reply.ts';
import type { UnaryProcedure } from './procedure.ts';

/** The one procedure that Weir answers itself. Contracts have no `weir.v1.SessionService`, so no name clashes. */
export const RENEW_PATH = 'weir.v1.sessionService.renew';

export interface RenewOptions {
  readonly authenticate: Authenticator;
  readonly access: LiveAccess;
  /** Records the call and counts it against the limits of its address. */
  readonly pipeline: Pick<Pipeline, 'own'>;
}

/**
 * The mutation `weir.v1.sessionService.renew` of `{token}` or `{ticket}` → `{expiresInMs}`: gives a
 * WebSocket a newer token of the same caller, so that its streams go on past the end of the old one.
 */
export function createRenewProcedure({
  authenticate,
  access,
  pipeline,
}: RenewOptions): UnaryProcedure {
  async function renew({ session, peer, input }: Call): Promise<Reply> {
    if (session === undefined) {
      throw new WeirError('FAILED_PRECONDITION', 'Only a WebSocket can be renewed.');
    }
    const { headers, token } = credentialOf(input);
    const { certificate, address } = peer;
    const found = await authenticate({ headers, certificate, address, needsCsrfToken: true });
    const identity = access.alive(found);
    session.renew({ identity, token });
    const { expiresAtMs } = identity;
    const expiresInMs = Number.isFinite(expiresAtMs) ? expiresAtMs - Date.now() : undefined;
    return { json: JSON.stringify({ expiresInMs }), headers: [] };
  }

  return { type: 'mutation', method: RENEW_METHOD, handle: pipeline.own(renew) };
}

/** A token, or a ticket where the token is in a cookie that no script can read. */
function credentialOf(input: unknown): { headers: Call['headers']; token: string | undefined } {
  if (typeof input === 'object' && input !== null) {
    if ('token' in input && typeof input.token === 'string') {
      return { headers: { authorization: `Bearer ${input.token}` }, token: input.token };
    }
    if ('ticket' in input && typeof input.ticket === 'string') {
      return { headers: { ticket: input.ticket }, token: undefined };
    }
  }
  throw new WeirError('INVALID_ARGUMENT', 'Send {token} or {ticket} of the newer session.');
}

/** Limits may be set for it as for any other method. */
export const RENEW_METHOD: Method = describeRenew();

function describeRenew(): Method {
  return {
    path: RENEW_PATH,
    rpcPath: '/weir.v1.SessionService/Renew',
    kind: 'unary',
    procedureType: 'mutation',
    idempotency: 'idempotent',
    descriptor: renewDescriptor(),
    types: createRegistry(),
    policy: {
      access: { rule: 'authenticated' },
      rateLimit: undefined,
      timeoutMs: undefined,
      retry: undefined,
      hedging: undefined,
      priority: 'default',
      fallback: undefined,
      cache: undefined,
      stream: undefined,
    },
    upstream: 'weir',
    comment: 'Gives a WebSocket a newer token of the same caller.',
    deprecated: false,
  };
}

/** What `proto/` would say, if this were a backend's. */
function renewDescriptor(): DescMethod {
  const text = { number: 1, label: 1, type: 9, name: 'token', jsonName: 'token' } as const;
  const registry = createFileRegistry(
    create(FileDescriptorSetSchema, {
      file: [
        {
          name: 'weir/v1/session_service.proto',
          package: 'weir.v1',
          syntax: 'proto3',
          messageType: [
            { name: 'RenewRequest', field: [text] },
            {
              name: 'RenewResponse',
              field: [{ ...text, type: 1, name: 'expires_in_ms', jsonName: 'expiresInMs' }],
            },
          ],
          service: [
            {
              name: 'SessionService',
              method: [
                {
                  name: 'Renew',
                  inputType: '.weir.v1.RenewRequest',
                  outputType: '.weir.v1.RenewResponse',
                },
              ],
            },
          ],
        },
      ],
    }),
  );
  const [method] = registry.getService('weir.v1.SessionService')?.methods ?? [];
  if (method === undefined) throw new Error('weir.v1.SessionService.Renew is not described.');
  return method;
}
