import { hashPassword } from '../../../src/auth/issuer/password-hash.ts';
import type { Backends } from '../../support/backends.ts';
import { type ConfigTree, type GatewayProcess, startGateway } from '../../support/gateway.ts';
import { request } from '../../support/request.ts';
import { AUDIENCE, ISSUER } from './test-issuer.ts';

export const PASSWORD = 'correct horse battery staple';
export const GET_QUOTE = 'market.v1.quoteService.getQuote';
export const LIST = 'market.v1.quoteService.listInstruments';
export const WATCH = 'market.v1.quoteService.watchQuotes';
export const PLACE = 'orders.v1.orderService.placeOrder';

/** Listing and watching need the role trader here, as placing orders does by contract; quotes are public. */
const ACCESS = {
  'market.v1.QuoteService/ListInstruments': { roles: ['trader'] },
  'market.v1.QuoteService/WatchQuotes': { roles: ['trader'] },
};

const passwordHash = await hashPassword(PASSWORD);

/** A gateway that trusts an issuer outside, and is one itself for `ada` (trader) and `vera` (viewer). */
export function startSecuredGateway(
  backends: Backends,
  jwksUrl: string,
  changes: { readonly auth?: ConfigTree; readonly builtIn?: ConfigTree } & ConfigTree = {},
): Promise<GatewayProcess> {
  const { auth = {}, builtIn = {}, ...rest } = changes;
  return startGateway(backends, {
    ...rest,
    auth: {
      mode: 'on',
      issuers: [
        {
          issuer: ISSUER,
          audiences: [AUDIENCE],
          algorithms: ['ES256'],
          keys: { url: jwksUrl },
          clockSkew: '0s',
        },
      ],
      builtIn: {
        users: [
          { name: 'ada', passwordHash, roles: ['trader'] },
          { name: 'vera', passwordHash, roles: ['viewer'] },
        ],
        ...builtIn,
      },
      roles: { trader: { inherits: ['viewer'] }, viewer: {} },
      access: ACCESS,
      ...auth,
    },
  });
}

export interface LoginAnswer {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly expiresInMs: number;
}

export function postAuth(
  gateway: GatewayProcess,
  endpoint: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  return fetch(`${gateway.url}/api/v1/auth/${endpoint}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

export async function login(gateway: GatewayProcess, username: string): Promise<LoginAnswer> {
  const { status, body } = await request(`${gateway.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
  if (status !== 200 || !isLoginAnswer(body)) throw new Error(`login: ${JSON.stringify(body)}`);
  return body;
}

export function isLoginAnswer(body: unknown): body is LoginAnswer {
  return typeof body === 'object' && body !== null && 'accessToken' in body;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** `UNAUTHORIZED TOKEN_EXPIRED` of a failed call, with the details as a stock client has them. */
export function codeAndReason(error: { readonly data?: unknown } | undefined): string {
  const data: unknown = error?.data;
  if (typeof data !== 'object' || data === null || !('code' in data)) return 'no data';
  const grpc = 'grpc' in data ? data.grpc : undefined;
  const reason = /"reason":"(\w+)"/.exec(JSON.stringify(grpc) ?? '')?.[1];
  return `${data.code} ${reason}`;
}
