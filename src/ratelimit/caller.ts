import type { RateLimitConfig } from '../config/schema.ts';
import { addressOwner, apiKeyOwner, subjectOwner, tenantOwner } from './owner.ts';

/** What a limit may count a call by. */
export interface Caller {
  /** Who stands behind trusted proxies, without a port. */
  readonly address: string;
  /** Verified, unique over all issuers; undefined for callers without a credential. */
  readonly subject: string | undefined;
  readonly apiKey: string | undefined;
  readonly tenant: string | undefined;
}

export type KeyPart = RateLimitConfig['quotas'][number]['key'][number];

/** The name under which `caller` is counted. What a caller does not have falls back to the next best. */
export function ownerOf(parts: readonly KeyPart[], caller: Caller): string {
  const [first = 'default'] = parts;
  if (parts.length === 1) return partOf(first, caller);
  return parts.map((part) => partOf(part, caller)).join(',');
}

function partOf(part: KeyPart, caller: Caller): string {
  if (part === 'ip') return addressOwner(caller.address);
  if (part === 'tenant' && caller.tenant !== undefined) return tenantOwner(caller.tenant);
  if (part === 'apiKey' && caller.apiKey !== undefined) return apiKeyOwner(caller.apiKey);
  return caller.subject === undefined ? addressOwner(caller.address) : subjectOwner(caller.subject);
}
