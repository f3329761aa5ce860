import { createHmac } from 'node:crypto';
import { getQuote } from '../calls/get-quote.ts';
import { unaryScenario } from '../unary-scenario.ts';

const SECRET = 'a secret of the bench, with thirty-two bytes and more';

export default unaryScenario({
  name: 'unary-auth',
  about: 'the small query with a bearer token: what a remembered token and authorisation cost',
  call: getQuote,
  isSlow: true,
  subjects: ['weir', 'weir-bare'],
  weir: {
    policy: { access: { roles: { names: ['trader'] } } },
    headers: { authorization: `Bearer ${signToken()}` },
    config: {
      auth: {
        issuers: [
          {
            issuer: 'bench',
            audiences: ['weir'],
            algorithms: ['HS256'],
            keys: { secret: SECRET },
          },
        ],
        roles: { trader: {} },
      },
    },
  },
});

/** A JWT in compact form, RFC 7515 section 3.1. */
function signToken(): string {
  const now = Math.floor(Date.now() / 1_000);
  const header = encode({ alg: 'HS256', typ: 'JWT' });
  const claims = { iss: 'bench', aud: 'weir', sub: 'u1', roles: ['trader'], iat: now };
  const signed = `${header}.${encode({ ...claims, exp: now + 24 * 3_600 })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
