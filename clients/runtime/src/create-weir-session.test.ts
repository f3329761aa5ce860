import { afterEach, expect, test, vi } from 'vitest';
import { createWeirSession } from './create-weir-session.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

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

test('a server that is no gateway signs nobody in', async () => {
  const page = async () => new Response('<!doctype html>', { status: 200 });
  const session = createWeirSession({ url: 'https://app.example/auth', fetch: page });
  await expect(session.signIn(ADA)).rejects.toThrow(
    "https://app.example/auth answered 200 without the JSON of a gateway; is it the gateway's address?",
  );
  expect(session.current).toEqual({ state: 'unknown' });
});

/** A gateway of which nothing comes but by `answerAll`, to what was asked last first. */
function createSlowGateway() {
  const waiting: (() => void)[] = [];
  let issued = 0;
  const ada = { accessControl: 'on', subject: 'ada', roles: [], permissions: [] };
  return {
    async fetch(input: unknown, init?: RequestInit) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      const known = new Headers(init?.headers).has('authorization');
      if (String(input).endsWith('/session')) {
        return Response.json(known ? ada : { ...ada, subject: null });
      }
      issued += 1;
      const tokens = { accessToken: `access-${issued}`, refreshToken: `refresh-${issued}` };
      return Response.json({ ...tokens, expiresInMs: 60_000 });
    },
    async answerAll(...questions: readonly Promise<void>[]) {
      let open = true;
      const all = Promise.all(questions).finally(() => {
        open = false;
      });
      while (open) {
        await new Promise(setImmediate);
        waiting.pop()?.();
      }
      await all;
    },
  };
}

function createSlowSession() {
  const gateway = createSlowGateway();
  const session = createWeirSession({ url: 'https://gateway.example', fetch: gateway.fetch });
  return { session, answerAll: gateway.answerAll };
}

test('a renewal under way brings nothing back after signing out', async () => {
  const { session, answerAll } = createSlowSession();
  await answerAll(session.signIn(ADA));
  await answerAll(session.renew(), session.signOut());
  expect(session.headers()).toEqual({});
  expect(session.current).toEqual({ state: 'signedOut' });
});

test('who signs in while the last session is signed out stays signed in', async () => {
  const { session, answerAll } = createSlowSession();
  await answerAll(session.signIn(ADA));
  await answerAll(session.signOut(), session.signIn(ADA));
  expect(session.current).toMatchObject({ state: 'signedIn' });
});

test('who signs in while the page asks what is demanded stays signed in', async () => {
  const { session, answerAll } = createSlowSession();
  const restored = session.restore();
  // It has asked by then.
  await new Promise(setImmediate);
  await answerAll(restored, session.signIn(ADA));
  expect(session.current).toMatchObject({ state: 'signedIn' });
});

test('a session that was closed during a renewal renews no more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { session, answerAll } = createSlowSession();
  await answerAll(session.signIn(ADA));
  const renewal = session.renew();
  session.close();
  await answerAll(renewal);
  expect(vi.getTimerCount()).toBe(0);
});
