/** The lowerCamelCase of a field's name, as protoc makes `json_name` from it. */
export function toCamelCase(name: string): string {
  return name.replace(/_+([^_]?)/g, (_, next: string) => next.toUpperCase());
}

/** The reverse, where there is one: `foo__bar` and `foo_1` do not come back. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
