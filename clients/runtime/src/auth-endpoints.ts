import { SignInError } from './session.ts';

/** What login and refresh answer; the tokens are there unless they are in cookies. */
export interface IssuedSession {
  readonly expiresInMs: number;
  readonly accessToken?: string;
  readonly refreshToken?: string;
}

/** What `GET session` answers. */
export interface SessionAnswer {
  readonly accessControl: 'on' | 'off';
  readonly subject: string | null;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

interface Refusal {
  readonly error?: { readonly message: string; readonly data?: { readonly retryAfterMs?: number } };
}

export interface AuthEndpoints {
  session(headers: Readonly<Record<string, string>>): Promise<SessionAnswer>;
  login(body: object): Promise<IssuedSession>;
  /** Undefined where there is no session to renew any more. */
  refresh(
    body: object,
    headers: Readonly<Record<string, string>>,
  ): Promise<IssuedSession | undefined>;
  ticket(headers: Readonly<Record<string, string>>): Promise<{ readonly ticket: string }>;
  logout(body: object, headers: Readonly<Record<string, string>>): Promise<void>;
}

/** The gateway's `/api/v1/auth`. Rejects with `SignInError` where it refuses or cannot be reached. */
export function createAuthEndpoints(url: string, fetchLike: typeof fetch): AuthEndpoints {
  async function ask(
    method: 'GET' | 'POST',
    name: string,
    body: object | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    try {
      return await fetchLike(`${url}/${name}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        credentials: 'include',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new SignInError(`The gateway cannot be reached at ${url}.`, undefined, { cause });
    }
  }

  async function read<Answer>(response: Response): Promise<Answer> {
    const answer: (Answer & Refusal) | undefined = await response.json().catch(() => undefined);
    if (response.ok && answer !== undefined) return answer;
    throw new SignInError(
      // A server of files answers every path with a page; a proxy in between may fail with one.
      answer?.error?.message ??
        `${url} answered ${response.status} without the JSON of a gateway; is it the gateway's address?`,
      answer?.error?.data?.retryAfterMs,
    );
  }

  return {
    session: async (headers) => read(await ask('GET', 'session', undefined, headers)),
    login: async (body) => read(await ask('POST', 'login', body, {})),
    async refresh(body, headers) {
      const response = await ask('POST', 'refresh', body, headers);
      return response.status === 401 ? undefined : read(response);
    },
    ticket: async (headers) => read(await ask('POST', 'ticket', {}, headers)),
    async logout(body, headers) {
      await ask('POST', 'logout', body, headers);
    },
  };
}
