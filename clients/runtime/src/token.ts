/**
 * A bearer token, or how to get the current one; a function is asked before every HTTP request, every
 * connect, and when the token of an open stream has expired, so it may refresh. Without a token the call
 * goes out anonymously.
 */
export type Token = string | (() => string | undefined | Promise<string | undefined>);

/** The header that carries the token; on a WebSocket it travels in the connectionParams. */
export async function authorizationOf(token: Token | undefined): Promise<Record<string, string>> {
  const value = typeof token === 'function' ? await token() : token;
  return value === undefined || value === '' ? {} : { authorization: `Bearer ${value}` };
}
