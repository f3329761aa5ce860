import { type DescField, type DescMessage, type DescMethod, ScalarType } from '@bufbuild/protobuf';
import { procedureTypeOf } from './procedure-path.ts';

const PAGE_TOKEN = 'page_token';

/**
 * A query that pages as https://google.aip.dev/158 says: the request has a string `page_token`, the
 * response a string `next_page_token`. tRPC's infinite queries send `cursor` and `direction` instead, so
 * such a query takes those too, unless the request has fields of these names itself.
 */
export function isPaged(method: DescMethod): boolean {
  return (
    procedureTypeOf(method) === 'query' &&
    method.methodKind === 'unary' &&
    isString(fieldOf(method.input, PAGE_TOKEN)) &&
    isString(fieldOf(method.output, 'next_page_token')) &&
    !hasJsonName(method.input, 'cursor') &&
    !hasJsonName(method.input, 'direction')
  );
}

/**
 * The input of a paged query in the contract's own words: `cursor` takes the place of `page_token`, by whichever
 * name the caller gave that, and `direction`, which tRPC's infinite queries always add, is dropped. What is no
 * such input comes back as it is, for the transcoder to judge.
 */
export function fromPageCursor(input: unknown, { input: message }: DescMethod): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  if (!('cursor' in input) && !('direction' in input)) return input;
  const { cursor, direction: _, ...request }: Record<string, unknown> = { ...input };
  if (cursor === undefined || cursor === null) return request;
  const { name, jsonName } = fieldOf(message, PAGE_TOKEN) ?? {
    name: PAGE_TOKEN,
    jsonName: PAGE_TOKEN,
  };
  const others = Object.entries(request).filter(([key]) => key !== name && key !== jsonName);
  return { ...Object.fromEntries(others), [jsonName]: cursor };
}

function fieldOf(message: DescMessage, name: string): DescField | undefined {
  return message.fields.find((field) => field.name === name);
}

function isString(field: DescField | undefined): boolean {
  return field?.fieldKind === 'scalar' && field.scalar === ScalarType.STRING;
}

function hasJsonName(message: DescMessage, name: string): boolean {
  return message.fields.some((field) => field.jsonName === name || field.name === name);
}
