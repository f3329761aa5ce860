import type { IncomingMessage, ServerResponse } from 'node:http';
import { WeirError } from '../../errors.ts';
import { Cancellation } from '../../lib/cancellation.ts';
import type { Call, Peer } from '../../pipeline/call.ts';
import type { Procedure } from '../../procedures/procedure.ts';
import type { FrontLog, OnDropped } from '../front-options.ts';
import { type OnRefusedRequest, reportIfRefusal } from '../report-refusal.ts';
import { TooManyUnfinished } from '../unfinished-bodies.ts';
import { chooseCoding, compress } from './content-encoding.ts';
import { dropSlowReader, type SlowReader } from './drop-slow-reader.ts';
import type { HttpLimits } from './http-limits.ts';

export type ResponseHeaders = readonly (readonly [name: string, value: string])[];

/** Set by the front itself; a backend that answered them would break the framing or the caches. */
const FRAMING =
  /^(?:connection|content-encoding|content-length|content-type|keep-alive|te|trailer|transfer-encoding|upgrade|vary|x-request-id)$/;
// RFC 9110 5.1 token and 5.5 field-value; anything else makes node:http throw.
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Names are few: those of a contract's metadata and Weir's own. */
const MAX_NAMES = 1_000;
const openNames = new Map<string, boolean>();

/** Whether a reply may bring a header of this name. */
function isOpenName(name: string): boolean {
  let isOpen = openNames.get(name);
  if (isOpen === undefined) {
    isOpen = NAME.test(name) && !FRAMING.test(name);
    if (openNames.size < MAX_NAMES) openNames.set(name, isOpen);
  }
  return isOpen;
}

const VARY = 'trpc-accept, accept';
/** What CORS allowed one origin must not be served to another from a cache. */
const VARY_BY_ORIGIN = `${VARY}, origin`;
/** Where its value stands in the list that `headersFor` makes. */
const VARY_AT = 3;

const CLOSED = 'The caller closed the connection.';

export interface ExchangeOptions {
  readonly log: FrontLog | undefined;
  readonly limits: HttpLimits;
  readonly onRefused: OnRefusedRequest | undefined;
  readonly onDropped: OnDropped | undefined;
}

/** One HTTP request and its answer, whatever number of calls it carries. */
export class Exchange implements SlowReader {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly peer: Peer;
  readonly log: FrontLog | undefined;
  /** Methods for a 405's `allow` (RFC 9110 15.5.6); empty when no call was refused for its method. */
  allow = '';
  /** The last answer on its connection: the gateway drains, or wants no more of what comes on it. */
  #last: boolean;
  readonly #limits: HttpLimits;
  readonly #onRefused: OnRefusedRequest | undefined;
  readonly #onDropped: OnDropped | undefined;
  #cancellations: Cancellation[] | undefined;
  #watchesClose = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    peer: Peer,
    last: boolean,
    { log, limits, onRefused, onDropped }: ExchangeOptions,
  ) {
    this.#limits = limits;
    this.#onRefused = onRefused;
    this.#onDropped = onDropped;
    this.request = request;
    this.response = response;
    this.requestId = requestId;
    this.peer = peer;
    this.#last = last;
    this.log = log;
  }

  /** A call of this request; see {@link cancelWhenClosed}. */
  call(
    { method }: Procedure,
    wire: Call['wire'],
    input: unknown,
    headers: Call['headers'],
    lastEventId: string | undefined,
  ): Call {
    const cancellation = new Cancellation();
    if (this.response.destroyed) cancellation.cancel(new WeirError('CANCELLED', CLOSED));
    if (this.#cancellations === undefined) this.#cancellations = [cancellation];
    else this.#cancellations.push(cancellation);
    return {
      id: this.requestId,
      method,
      wire,
      input,
      headers,
      peer: this.peer,
      cancellation,
      deadline: undefined,
      lastEventId,
    };
  }

  /** Cancels the calls of this request when the caller closes the connection before the answer. */
  cancelWhenClosed(): void {
    if (this.#watchesClose) return;
    this.#watchesClose = true;
    this.response.on('close', () => this.#onClose());
  }

  /** Tells of what was refused before it became a call. */
  refused(thrown: unknown, path: string | undefined): void {
    const { requestId, peer } = this;
    const { address } = peer;
    if (thrown instanceof TooManyUnfinished) this.#last = true;
    reportIfRefusal(this.#onRefused, thrown, { requestId, wire: 'http', address, path });
  }

  /** The whole answer in one write. */
  sendJson(status: number, body: string, extra: ResponseHeaders): void {
    // The caller left: writing to a closed response is an error event nobody waits for.
    if (this.response.destroyed) return;
    const headers = this.headersFor('application/json', extra);
    if (body.length >= this.#limits.compressFromBytes) {
      this.#sendLarge(status, body, headers);
      return;
    }
    headers.push('content-length', String(Buffer.byteLength(body)));
    this.#send(status, headers, body);
  }

  #sendLarge(status: number, body: string, headers: string[]): void {
    const coding = chooseCoding(this.request.headers['accept-encoding']);
    // RFC 9110 12.5.5: said without a coding too, or a cache would give the plain form to everyone.
    headers[VARY_AT] += ', accept-encoding';
    if (coding === undefined) {
      headers.push('content-length', String(Buffer.byteLength(body)));
      this.#send(status, headers, body);
      return;
    }
    compress(coding, body).then(
      (compressed) => {
        headers.push('content-encoding', coding, 'content-length', String(compressed.length));
        this.#send(status, headers, compressed);
      },
      () => this.response.destroy(),
    );
  }

  #send(status: number, headers: string[], body: string | Buffer): void {
    if (this.response.destroyed) return;
    this.response.writeHead(status, headers);
    this.end(body);
  }

  /** The last of the answer; from here on its reader has only so much time. */
  end(body: string | Buffer): void {
    this.response.end(body);
    dropSlowReader(this, this.#limits.readTimeoutMs);
  }

  drop(): void {
    this.#onDropped?.('http');
    this.response.socket?.resetAndDestroy();
  }

  /** A flat list, which node:http writes without building an object first. */
  headersFor(contentType: string, extra: ResponseHeaders): string[] {
    const headers = [
      'content-type',
      contentType,
      'vary',
      this.request.headers.origin === undefined ? VARY : VARY_BY_ORIGIN,
      'x-request-id',
      this.requestId,
    ];
    for (const [name, value] of extra) {
      if (!isOpenName(name) || !VALUE.test(value)) continue;
      headers.push(name, value);
      // A cache would give what nobody's page asked for to pages of other origins, which need to be allowed.
      if (name === 'cache-control' && value.includes('public')) headers[VARY_AT] = VARY_BY_ORIGIN;
    }
    if (this.allow !== '') headers.push('allow', this.allow);
    if (this.#last) headers.push('connection', 'close');
    return headers;
  }

  #onClose(): void {
    if (this.response.writableEnded || this.#cancellations === undefined) return;
    const reason = new WeirError('CANCELLED', CLOSED);
    for (const cancellation of this.#cancellations) cancellation.cancel(reason);
  }
}
