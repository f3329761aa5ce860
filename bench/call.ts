import type { JsonValue } from '@bufbuild/protobuf';

/** One method of the contract with the request that is sent and the answer that the backend gives. */
export interface BenchCall {
  /** Fully qualified, for example `market.v1.QuoteService`. */
  readonly service: string;
  readonly method: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** ProtoJSON of the request message. */
  readonly input: JsonValue;
  /** ProtoJSON of the answer, or of each message of the stream. */
  readonly output: JsonValue;
  /** Occurs once in each answer, whatever the encoding: shows that the answer is the right one. */
  readonly marker: string;
}

/** As gRPC names it on the wire, for example `/market.v1.QuoteService/GetQuote`. */
export const grpcPath = (call: BenchCall) => `/${call.service}/${call.method}`;

/** As Weir and the hand-written router name it, for example `market.v1.quoteService.getQuote`. */
export function trpcPath(call: BenchCall): string {
  const names = call.service.split('.');
  const service = names.pop() ?? '';
  return [...names, lowerFirst(service), lowerFirst(call.method)].join('.');
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
