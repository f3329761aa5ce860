import { afterEach, expect, test, vi } from 'vitest';
import { createWeirSession } from './create-weir-session.ts';

afterEach(() => vi.unstubAllGlobals());

const ADA = { username: 'ada', password: 'correct horse' };

/** A gateway that signs everybody in. */
const fetchAnswer = async () =>
  Response.json({ expiresInMs: 60_000, subject: 'ada', roles: [], permissions: [] });

test('a page whose session was ended by another page of the browser is signed out', async () => {
  const page = { cookie: 'weir_csrf=abc' };
  vi.stubGlobal('document', page);
  const session = createWeirSession({ fetch: fetchAnswer });
  const heard: string[] = [];
  session.onChange(async (change) => void heard.push(change));
  await session.signIn(ADA);
  page.cookie = '';
  await session.renew();
  expect(session.current).toEqual({ state: 'signedOut' });
  expect(heard).toEqual(['signedIn', 'signedOut']);
});

test('a gateway that cannot be reached is named, with the reason', async () => {
  // Outside a browser a path alone is no address.
  const session = createWeirSession();
  const error = await session.signIn(ADA).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    message: 'The gateway cannot be reached at /api/v1/auth.',
    cause: expect.objectContaining({ message: expect.stringContaining('/api/v1/auth/login') }),
  });
});
