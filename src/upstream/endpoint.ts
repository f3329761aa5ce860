import type { Transport } from './transport/transport.ts';

/** One address of an upstream and the transport that Weir keeps to it. */
export interface Endpoint {
  readonly address: string;
  readonly transport: Transport;
}
