import { expect, test } from 'vitest';
import { refusalOf } from '../../test/auth/support/refusal-of.ts';
import { createTestKey, NOW_MS, signToken, trust } from '../../test/auth/support/test-issuer.ts';
import { createAuthenticator } from './authenticator.ts';
import { createApiKey, createApiKeyVerifier } from './credentials/api-keys.ts';
import { createCsrfToken, digestCsrfToken } from './credentials/csrf.ts';
import type { CallerHeaders } from './credentials/read-credential.ts';
import { createMemoryTicketStore } from './credentials/ticket-store.ts';
import { createTickets } from './credentials/tickets.ts';
import { ExpiryQueue } from './expiry-queue.ts';
import { FailedAttempts } from './failed-attempts.ts';
import { createLocalFeed } from './revocation/access-change-feed.ts';
import { LiveAccess } from './revocation/live-access.ts';
import { createTokenMemory } from './token/token-memory.ts';
import { createTokenVerifier } from './token/verify-token.ts';

const key = await createTestKey('ES256', 'k1');
const ADDRESS = '203.0.113.9';
const clock = { nowMs: NOW_MS };
const now = () => clock.nowMs;
const service = createApiKey('batch');
const stale = createApiKey('stale');
const record = { subject: 'batch-job', roles: ['feeder'], permissions: [], expiresAtMs: undefined };
const access = new LiveAccess(createLocalFeed(), new ExpiryQueue(now), now);
const tickets = createTickets({ store: createMemoryTicketStore(now) });
const authenticate = createAuthenticator({
  tokens: createTokenMemory({ verify: createTokenVerifier({ issuers: [trust([key])], now }), now }),
  apiKeys: createApiKeyVerifier(
    [
      { ...record, id: 'batch', digest: service.digest },
      { ...record, id: 'stale', digest: stale.digest, expiresAtMs: NOW_MS },
    ],
    now,
  ),
  tickets,
  certificates: [
    { match: { uri: 'spiffe://desk/feed' }, subject: 'feed', roles: ['feeder'], permissions: [] },
    { match: { commonName: 'old-feed' }, subject: 'old-feed', roles: [], permissions: [] },
  ],
  access,
  failures: new FailedAttempts({ perAddress: 1_000, windowMs: 60_000, now }),
});

const csrf = createCsrfToken();
const token = await signToken(key);
const cookieToken = await signToken(key, { claims: { csh: digestCsrfToken(csrf) } });
const call = (headers: CallerHeaders, needsCsrfToken = false) =>
  authenticate({ headers, certificate: undefined, address: ADDRESS, needsCsrfToken });

const GOOD: readonly [what: string, headers: CallerHeaders, subject: string][] = [
  ['nothing', {}, ''],
  ['a bearer token', { authorization: `Bearer ${token}` }, 'ada'],
  ['a bearer token, lower case', { authorization: `bearer ${token}` }, 'ada'],
  ['an API key', { 'x-api-key': service.key }, 'batch-job'],
  ['a cookie', { cookie: `theme=dark; weir_access=${cookieToken}` }, 'ada'],
];

test.each(GOOD)('%s', async (_what, headers, subject) => {
  expect(await call(headers)).toMatchObject({ subject });
});

const BAD: readonly [what: string, headers: CallerHeaders, reason: string][] = [
  ['Basic', { authorization: 'Basic YTpi' }, 'CREDENTIALS_MALFORMED'],
  ['no token', { authorization: 'Bearer ' }, 'CREDENTIALS_MALFORMED'],
  ['two tokens', { authorization: `Bearer ${token} ${token}` }, 'CREDENTIALS_MALFORMED'],
  ['two headers', { authorization: [`Bearer ${token}`, 'Bearer x'] }, 'CREDENTIALS_MALFORMED'],
  ['a line break', { authorization: `Bearer ${token}\r\nx: y` }, 'CREDENTIALS_MALFORMED'],
  ['rubbish', { authorization: 'Bearer x' }, 'TOKEN_MALFORMED'],
  [
    'a bad token beside a good key',
    { authorization: 'Bearer x', 'x-api-key': service.key },
    'TOKEN_MALFORMED',
  ],
  ['an unknown key', { 'x-api-key': createApiKey('other').key }, 'API_KEY_WRONG'],
  ['a wrong secret', { 'x-api-key': createApiKey('batch').key }, 'API_KEY_WRONG'],
  ['an expired key', { 'x-api-key': stale.key }, 'API_KEY_WRONG'],
  ['the digest as key', { 'x-api-key': service.digest }, 'API_KEY_WRONG'],
  ['an empty key', { 'x-api-key': '' }, 'CREDENTIALS_MALFORMED'],
  ['an invented ticket', { ticket: 'x' }, 'TICKET_WRONG'],
];

test.each(BAD)('%s is refused', async (_what, headers, reason) => {
  expect(await refusalOf(() => call(headers))).toBe(`UNAUTHENTICATED ${reason}`);
});

test('a cookie named twice counts for nothing', async () => {
  const cookie = `weir_access=${cookieToken}; weir_access=${token}`;
  expect(await call({ cookie })).toMatchObject({ proof: 'none' });
});

test.each([
  ['the right token', { 'x-csrf-token': csrf }, 'accepted'],
  ['none', {}, 'UNAUTHENTICATED CSRF_TOKEN_WRONG'],
  ["another session's", { 'x-csrf-token': createCsrfToken() }, 'UNAUTHENTICATED CSRF_TOKEN_WRONG'],
  ['its digest', { 'x-csrf-token': digestCsrfToken(csrf) }, 'UNAUTHENTICATED CSRF_TOKEN_WRONG'],
])('a mutation by cookie with %s', async (_what, headers, outcome) => {
  const cookie = `weir_access=${cookieToken}`;
  expect(await refusalOf(() => call({ cookie, ...headers }, true))).toBe(outcome);
});

test('a token that was never meant for a cookie cannot be planted as one', async () => {
  const headers = { cookie: `weir_access=${token}`, 'x-csrf-token': csrf };
  expect(await refusalOf(() => call(headers, true))).toBe('UNAUTHENTICATED CSRF_TOKEN_WRONG');
});

test('a bearer token needs no CSRF token', async () => {
  expect(await call({ authorization: `Bearer ${token}` }, true)).toMatchObject({ subject: 'ada' });
});

test('a ticket works once, briefly, and for who asked for it', async () => {
  const identity = await call({ authorization: `Bearer ${token}` });
  const { ticket } = await tickets.issue(identity);
  expect(await call({ ticket })).toEqual(identity);
  expect(await refusalOf(() => call({ ticket }))).toBe('UNAUTHENTICATED TICKET_WRONG');
  const late = await tickets.issue(identity);
  clock.nowMs = NOW_MS + 30_000;
  expect(await refusalOf(() => call({ ticket: late.ticket }))).toBe('UNAUTHENTICATED TICKET_WRONG');
  clock.nowMs = NOW_MS;
});

test('nobody gets no ticket', async () => {
  const nobody = await call({});
  expect(await refusalOf(() => tickets.issue(nobody))).toBe('UNAUTHENTICATED CREDENTIALS_MISSING');
});

test('a ticket of a service with a key without end stays without end', async () => {
  const { ticket } = await tickets.issue(await call({ 'x-api-key': service.key }));
  expect(await call({ ticket })).toMatchObject({ expiresAtMs: Number.POSITIVE_INFINITY });
});

const certificate = {
  subjectaltname: undefined,
  commonName: undefined,
  fingerprint256: 'AA:BB',
  validFrom: 'Nov 22 00:00:00 2026 GMT',
  validTo: 'Nov 23 00:00:00 2026 GMT',
};

test.each([
  [{ subjectaltname: 'DNS:feed.example, URI:spiffe://desk/feed' }, 'feed'],
  [{ commonName: 'old-feed' }, 'old-feed'],
])('the certificate %j is %s', async (fields, subject) => {
  const identity = await authenticate({
    headers: {},
    certificate: { ...certificate, ...fields },
    address: ADDRESS,
    needsCsrfToken: true,
  });
  expect(identity).toMatchObject({ subject, proof: 'certificate' });
  expect(identity.expiresAtMs).toBe(Date.UTC(2026, 10, 23));
});

test.each([
  [{}],
  [{ commonName: 'spiffe://desk/feed' }],
  [{ subjectaltname: 'URI:spiffe://desk/feed/more' }],
  [{ subjectaltname: 'DNS:spiffe://desk/feed' }],
  [{ subjectaltname: 'DNS:"evil.example, URI:spiffe://desk/feed"' }],
])('the certificate %j is nobody', async (fields) => {
  const attempt = () =>
    authenticate({
      headers: {},
      certificate: { ...certificate, ...fields },
      address: ADDRESS,
      needsCsrfToken: false,
    });
  expect(await refusalOf(attempt)).toBe('UNAUTHENTICATED CERTIFICATE_UNKNOWN');
});

test('a revoked token is refused though it is remembered', async () => {
  const revoked = await signToken(key, { claims: { jti: 'stolen' } });
  const headers = { authorization: `Bearer ${revoked}` };
  const { issuer } = await call(headers);
  await access.announce({
    kind: 'tokenRevoked',
    issuer,
    tokenId: 'stolen',
    untilMs: NOW_MS + 300_000,
  });
  expect(await refusalOf(() => call(headers))).toBe('UNAUTHENTICATED TOKEN_REVOKED');
  expect(await call({ authorization: `Bearer ${token}` })).toMatchObject({ subject: 'ada' });
});
