import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TrpcCode } from '../procedures/error-shape.ts';
import { toPlainAddress } from './client-address.ts';
import type { OnRefusedRequest } from './report-refusal.ts';

export interface RefuseUnreadableOptions {
  readonly newRequestId: () => string;
  readonly onRefused: OnRefusedRequest;
  /** Told of the status of each. */
  readonly onUnreadable: (status: number) => void;
}

type Answer = readonly [status: number, reason: TrpcCode];

/** By the code of Node's error; everything else that its parser says is a 400. */
const ANSWERS: ReadonlyMap<string, Answer> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'PAYLOAD_TOO_LARGE']],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'PAYLOAD_TOO_LARGE']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'TIMEOUT']],
]);
const MALFORMED: Answer = [400, 'BAD_REQUEST'];

/**
 * Answers what cannot be read as a request, or came too slowly, as node:http does when nobody asks, but
 * counted, written down and with an id: no handler ever sees these, and floods of them are what scanners and
 * attackers send.
 */
export function refuseUnreadable(server: Server, options: RefuseUnreadableOptions): void {
  const { newRequestId, onRefused, onUnreadable } = options;

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const answer = answerTo(error);
    if (answer !== undefined && socket.writable && !hasAnswered(socket)) {
      const [status, reason] = answer;
      const requestId = newRequestId();
      socket.write(toText(status, requestId));
      tell(status, reason, requestId, socket);
    }
    socket.destroy(error);
  });

  // RFC 9110 10.1.1 knows no expectation but "100-continue", which node:http meets itself.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const requestId = newRequestId();
    response.writeHead(417, { connection: 'close', 'x-request-id': requestId }).end();
    tell(417, 'BAD_REQUEST', requestId, request.socket);
  });

  function tell(status: number, reason: TrpcCode, requestId: string, socket: Duplex): void {
    onUnreadable(status);
    const address = toPlainAddress((socket instanceof Socket ? socket.remoteAddress : '') ?? '');
    onRefused({ reason, requestId, wire: 'http', address, path: undefined });
  }
}

/** Undefined for what is no request's fault, such as a connection that broke. */
function answerTo({ code = '' }: NodeJS.ErrnoException): Answer | undefined {
  return ANSWERS.get(code) ?? (code.startsWith('HPE_') ? MALFORMED : undefined);
}

/** Whether part of another answer is on the wire already, which a second one would spoil. */
function hasAnswered(socket: Duplex): boolean {
  // node:http's own field, and what it looks at itself; there is no other way to know.
  const response: unknown = '_httpMessage' in socket ? socket._httpMessage : undefined;
  return (
    typeof response === 'object' &&
    response !== null &&
    'headersSent' in response &&
    response.headersSent === true
  );
}

function toText(status: number, requestId: string): string {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-length: 0',
    `x-request-id: ${requestId}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
