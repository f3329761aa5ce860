import type { Reply } from '../pipeline/reply.ts';

/**
 * What stands beside the data of an answer that is not what the backend says now, as JSON members with a
 * leading comma. Stock clients pass over what they do not know; it is there for those who look.
 */
export function replyMarks({ staleMs, fallback }: Reply): string {
  if (fallback !== undefined) return `,"fallback":{"code":"${fallback}"}`;
  if (staleMs !== undefined) return `,"stale":{"ageMs":${staleMs}}`;
  return '';
}
