import { MalformedMessage } from './malformed-message.ts';

/**
 * A message that is sound on the wire and cannot be said in ProtoJSON: a time beyond the year 9999, an Any of
 * an unknown type, a required field that is missing. It matters only where the message is part of the answer:
 * what another occurrence of the same map key, or another member of the same oneof, has replaced need not be
 * sayable.
 */
export class UnsayableMessage extends MalformedMessage {
  override readonly name = 'UnsayableMessage';
}
