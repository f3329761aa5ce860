import { type DescMethod, fromJsonString, type Registry, toBinary } from '@bufbuild/protobuf';
import type { Fallback } from './generated/weir/v1/options_pb.ts';
import type { FallbackPolicy } from './policy.ts';
import { readCodes } from './read-codes.ts';

/**
 * The declared answer, read once against the method's output message, so that it cannot fail on the day it
 * is needed. Callers get it by the same way as a backend's answer, in canonical form.
 */
export function readFallback(
  fallback: Fallback,
  { output }: DescMethod,
  registry: Registry | undefined,
  problems: string[],
): FallbackPolicy | undefined {
  const byDefault = ['UNAVAILABLE', 'DEADLINE_EXCEEDED'] as const;
  const codes = readCodes('fallback.codes', fallback.codes, byDefault, problems);
  if (fallback.json === '') {
    problems.push('has `fallback` without `json`, such as "{}"');
    return undefined;
  }
  try {
    const message = fromJsonString(
      output,
      fallback.json,
      registry === undefined ? {} : { registry },
    );
    return { json: fallback.json, message: toBinary(output, message), codes };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    problems.push(`has \`fallback.json\`, which is no ${output.typeName}: ${reason}`);
    return undefined;
  }
}
