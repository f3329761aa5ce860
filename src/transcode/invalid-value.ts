/** How much of a caller's text an error repeats, so that a large wrong value does not come back as a large error. */
const SHOWN_CHARACTERS = 40;

/** A JSON value that does not fit its field: what is allowed there, and what was found. Never leaves the transcoder. */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue';
  readonly allowed: string;

  constructor(allowed: string, found: unknown) {
    super(`expected ${allowed}, found ${describeJson(found)}`);
    this.allowed = allowed;
  }
}

/** A JSON value in a few words: short texts and numbers as they are, the rest by its kind. */
export function describeJson(json: unknown): string {
  if (json === undefined) return 'nothing';
  if (json === null || typeof json === 'number' || typeof json === 'boolean') return String(json);
  if (typeof json === 'string') {
    return json.length > SHOWN_CHARACTERS
      ? `${JSON.stringify(json.slice(0, SHOWN_CHARACTERS).toWellFormed())}… (${json.length} characters)`
      : JSON.stringify(json);
  }
  if (Array.isArray(json)) return json.length === 0 ? 'an empty array' : 'an array';
  if (typeof json === 'object') return 'an object';
  return `a ${typeof json}`;
}

/** One violation: the path of the field from the outside in, and what is wrong there. */
export interface Violation {
  readonly path: readonly PathSegment[];
  readonly description: string;
}

/** A field by its name, a list item by its index, or a map entry by its key. */
export type PathSegment = string | number | { readonly key: string };

/** Everything that is wrong with a JSON value, as far as it was looked for. Never leaves the transcoder. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super('The JSON value does not fit its message.');
    this.violations = violations;
  }
}

/**
 * What went wrong in a part of a message, by paths from the whole of it.
 * @throws the error itself where it is about something else.
 */
export function violationsBelow(segment: PathSegment | undefined, error: unknown): Violation[] {
  const prefix = segment === undefined ? [] : [segment];
  if (error instanceof InvalidValue) return [{ path: prefix, description: error.message }];
  if (!(error instanceof InvalidInput)) throw error;
  return error.violations.map(({ path, description }) => ({
    path: [...prefix, ...path],
    description,
  }));
}
