import type { Method } from '../contract/method.ts';

export interface ResumePoint {
  readonly input: unknown;
  readonly lastEventId: string | undefined;
}

/**
 * Parts a subscription's input from its resume id. Stock clients and the stock server write the id into
 * the input as `lastEventId`, but a protobuf input refuses a field it does not know. Where the contract
 * has a field of that name the input is left as it came.
 *
 * @param given the id that came apart from the input (`Last-Event-ID`, `params.lastEventId`); it wins.
 */
export function toResumePoint(
  method: Method,
  input: unknown,
  given: string | undefined,
): ResumePoint {
  if (!hasResumeId(input)) return { input, lastEventId: given };
  const { lastEventId, ...rest } = input;
  const declared = method.descriptor.input.fields.some((field) => field.jsonName === 'lastEventId');
  return { input: declared ? input : rest, lastEventId: given ?? lastEventId };
}

function hasResumeId(input: unknown): input is { readonly lastEventId: string } {
  return (
    typeof input === 'object' &&
    input !== null &&
    Object.hasOwn(input, 'lastEventId') &&
    'lastEventId' in input &&
    typeof input.lastEventId === 'string'
  );
}
