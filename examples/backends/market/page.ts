import { badRequest } from '../server/error-details.ts';
import { StatusError } from '../server/status-error.ts';
import { LISTINGS, type Listing } from './instruments.ts';

const DEFAULT_SIZE = 20;
const MAX_SIZE = 100;

export interface PageRequest {
  readonly page_size: number;
  readonly page_token: string;
  readonly prefix?: string | undefined;
}

export interface Page {
  readonly listings: readonly Listing[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** The listings after the token, in the order of their symbols. https://google.aip.dev/158 */
export function pageOf(request: PageRequest): Page {
  const after = parseToken(request.page_token);
  if (request.page_size < 0) throw refuse('page_size', 'must not be negative');
  const size = Math.min(request.page_size || DEFAULT_SIZE, MAX_SIZE);
  const prefix = request.prefix ?? '';
  const rest = [...LISTINGS.values()].filter(
    ({ symbol }) => symbol.startsWith(prefix) && symbol > after,
  );
  const listings = rest.slice(0, size);
  const last = listings.at(-1);
  const complete = last === undefined || rest.length === listings.length;
  return { listings, nextPageToken: complete ? '' : toToken(last.symbol) };
}

/** Opaque to callers: the last symbol that they have seen. */
function toToken(symbol: string): string {
  return Buffer.from(`after:${symbol}`).toString('base64url');
}

function parseToken(token: string): string {
  if (token === '') return '';
  const [, symbol = ''] = /^after:(.+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (!LISTINGS.has(symbol) || toToken(symbol) !== token) {
    throw refuse('page_token', 'is not a next_page_token of this service');
  }
  return symbol;
}

function refuse(field: string, description: string): StatusError {
  return new StatusError('INVALID_ARGUMENT', `${field} ${description}`, [
    badRequest([{ field, description }]),
  ]);
}
