/**
 * What the steps of a call learn on its way and only its record tells: one object that travels with the
 * call, so that nothing has to be handed back through every step.
 */
export class CallNotes {
  /** Who called, as the issuer names him; empty for nobody and until it is known. */
  subject = '';
  /** How often a backend was tried. */
  attempts = 0;
  /** The address that the last attempt went to. */
  endpoint: string | undefined;
  /** Protobuf bytes of the request. */
  requestBytes = 0;
  /** Protobuf bytes of the answer, of all messages of a stream. */
  responseBytes = 0;
  /** The id of the call's trace, where there is one. */
  traceId: string | undefined;
}
