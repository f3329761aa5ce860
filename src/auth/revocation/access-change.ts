/**
 * Something that changes what tokens already issued are worth. Each is remembered until `untilMs`
 * (milliseconds since the epoch), when the last token it could concern has expired by itself.
 */
export type AccessChange =
  | {
      readonly kind: 'tokenRevoked';
      readonly issuer: string;
      readonly tokenId: string;
      readonly untilMs: number;
    }
  | {
      readonly kind: 'sessionRevoked';
      readonly issuer: string;
      readonly sessionId: string;
      readonly untilMs: number;
    }
  | {
      /** Every token of the subject issued up to `atMs`. */
      readonly kind: 'subjectRevoked';
      readonly issuer: string;
      readonly subject: string;
      readonly atMs: number;
      readonly untilMs: number;
    }
  | {
      /** Tokens of the subject issued up to `atMs` count as if they had these roles. */
      readonly kind: 'rolesChanged';
      readonly issuer: string;
      readonly subject: string;
      readonly roles: readonly string[];
      readonly atMs: number;
      readonly untilMs: number;
    };

/** Reads what another instance wrote; undefined for anything else. */
export function parseAccessChange(text: string): AccessChange | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isAccessChange(value) ? value : undefined;
}

function isAccessChange(value: unknown): value is AccessChange {
  if (typeof value !== 'object' || value === null) return false;
  if (!('kind' in value && 'issuer' in value && 'untilMs' in value)) return false;
  if (typeof value.issuer !== 'string' || typeof value.untilMs !== 'number') return false;
  switch (value.kind) {
    case 'tokenRevoked':
      return 'tokenId' in value && typeof value.tokenId === 'string';
    case 'sessionRevoked':
      return 'sessionId' in value && typeof value.sessionId === 'string';
    case 'subjectRevoked':
      return isOfSubject(value);
    case 'rolesChanged':
      return isOfSubject(value) && 'roles' in value && Array.isArray(value.roles);
    default:
      return false;
  }
}

function isOfSubject(value: object): boolean {
  return (
    'subject' in value &&
    typeof value.subject === 'string' &&
    'atMs' in value &&
    typeof value.atMs === 'number'
  );
}
