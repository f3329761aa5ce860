/** One field line: a lower-case name and its value, each octet of the value one character (latin1). */
export type HeaderField = readonly [name: string, value: string];

/** What an entry weighs in a table or a list: its octets and an overhead of 32 (RFC 7541 §4.1). */
export function sizeOfField(field: HeaderField): number {
  return field[0].length + field[1].length + 32;
}
