import { Refusal } from '../refusal.ts';

/** What a tRPC request says in its URL. */
export interface RequestTarget {
  /** Decoded; several paths joined by commas when `batch`. */
  readonly path: string;
  readonly batch: boolean;
  /** JSON text, decoded but not parsed. */
  readonly input: string | undefined;
  readonly connectionParams: string | undefined;
  readonly lastEventId: string | undefined;
}

const PLAIN_PATH = /^[\w.,]*$/;
const PARENT = '/parent/';

/**
 * @param target what follows the front's prefix in the HTTP request target, query included.
 * @throws Refusal BAD_REQUEST when the path holds a broken percent-escape.
 */
export function parseRequestTarget(target: string): RequestTarget {
  const fragment = target.indexOf('#');
  const end = fragment === -1 ? target.length : fragment;
  const mark = target.indexOf('?');
  const pathEnd = mark === -1 || mark > end ? end : mark;
  const rawPath = target.slice(0, pathEnd);
  const path = PLAIN_PATH.test(rawPath) ? rawPath : decodePath(rawPath);
  let batch: string | undefined;
  let input: string | undefined;
  let connectionParams: string | undefined;
  let lastEventId: string | undefined;
  let lastEventIdHeader: string | undefined;
  let start = pathEnd + 1;
  while (start < end) {
    let stop = target.indexOf('&', start);
    if (stop === -1 || stop > end) stop = end;
    let equals = target.indexOf('=', start);
    if (equals === -1 || equals > stop) equals = stop;
    const value = target.slice(equals + 1, stop);
    // The first of several wins, as with URLSearchParams.get.
    switch (decodeQuery(target.slice(start, equals))) {
      case 'input':
        input ??= value;
        break;
      case 'batch':
        batch ??= value;
        break;
      case 'connectionParams':
        connectionParams ??= value;
        break;
      case 'lastEventId':
        lastEventId ??= value;
        break;
      case 'Last-Event-Id':
        lastEventIdHeader ??= value;
        break;
    }
    start = stop + 1;
  }
  const resume = lastEventId ?? lastEventIdHeader;
  return {
    path,
    batch: batch !== undefined && decodeQuery(batch) === '1',
    input: input === undefined ? undefined : decodeQuery(input),
    connectionParams: connectionParams === undefined ? undefined : decodeQuery(connectionParams),
    lastEventId: resume === undefined ? undefined : decodeQuery(resume),
  };
}

/**
 * WHATWG URL rules for the path (dot segments, backslashes), as the stock adapter applies them, and like
 * it without up to two slashes at the end.
 */
function decodePath(rawPath: string): string {
  const { pathname } = new URL(PARENT + rawPath, 'http://localhost');
  const path = pathname.slice(PARENT.length).replace(/\/\/?$/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refusal('BAD_REQUEST', `Invalid URL-encoding in path "${path}"`);
  }
}

/** application/x-www-form-urlencoded: broken escapes stand for themselves, `+` is a space. */
function decodeQuery(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return new URLSearchParams(`v=${text}`).get('v') ?? '';
  }
}
