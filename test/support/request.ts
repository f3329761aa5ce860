/** An HTTP answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A query as `curl` would send it: no tRPC client in between. */
export function getQuery(
  trpcUrl: string,
  path: string,
  input: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const query = encodeURIComponent(JSON.stringify(input));
  return request(`${trpcUrl}/${path}?input=${query}`, { headers });
}

export function postMutation(
  trpcUrl: string,
  path: string,
  input: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return request(`${trpcUrl}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(input),
  });
}

export async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}
