/** Protobuf bytes that are not the message they should be, or that cannot be said in ProtoJSON. Never leaves the transcoder. */
export class MalformedMessage extends Error {
  override readonly name: string = 'MalformedMessage';
}

export function refuseDepth(): never {
  throw new MalformedMessage('messages nest too deeply');
}

/** A field was read beyond the end of the message that holds it. */
export function refuseOverrun(): never {
  throw new MalformedMessage('a value reaches beyond its message');
}

export function refuseUtf8(): never {
  throw new MalformedMessage('a string is not UTF-8');
}
