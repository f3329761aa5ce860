import type { DescMessage, JsonValue } from '@bufbuild/protobuf';
import type { BenchCall } from '../call.ts';
import { findMethod } from '../contract.ts';
import type { HttpRequest } from '../http-request.ts';
import type { Protocol } from '../protocol.ts';

/** GraphQL with the names that Mesh's gRPC handler gives to a contract. */
export const graphql: Protocol = {
  unary: (call) => ask([call]),
  batch: (calls) => ask(calls),
  subscribe(call) {
    const { headers, ...request } = ask([call]);
    // One operation on a stream of its own. https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md
    return { ...request, headers: { ...headers, accept: 'text/event-stream' } };
  },
};

const OPERATIONS = { query: 'query', mutation: 'mutation', subscription: 'subscription' };

/** Calls of one method in one operation, each under an alias of its own. */
function ask(calls: readonly BenchCall[]): HttpRequest {
  const [first] = calls;
  if (!first) throw new Error('An operation needs a call.');
  const { input, output } = findMethod(first);
  const field = `${first.service.replaceAll('.', '_')}_${first.method}`;
  const selection = select(output, first.output);
  const fields = calls.map((_, index) => `c${index}: ${field}(input: $input)${selection}`);
  const variable = `$input: ${input.typeName.replaceAll('.', '__')}_Input`;
  const query = `${OPERATIONS[first.kind]}(${variable}) { ${fields.join(' ')} }`;
  const variables = { input: toInput(input, first.input) };
  return {
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: Buffer.from(JSON.stringify({ query, variables })),
  };
}

/** Every field that the sample has, all the way down. */
function select(message: DescMessage, sample: JsonValue): string {
  const names = message.fields.flatMap((field) => {
    const value = property(sample, field.jsonName);
    if (value === undefined) return [];
    // Mesh has no type for maps and gives them whole.
    if (field.message === undefined || field.fieldKind === 'map') return [field.name];
    const one = Array.isArray(value) ? (value[0] ?? null) : value;
    const known = WELL_KNOWN.get(field.message.typeName);
    return [`${field.name}${known ?? select(field.message, one)}`];
  });
  return ` { ${names.join(' ')} }`;
}

/** Mesh shows these as the messages they are on the wire, not as ProtoJSON has them. */
const WELL_KNOWN: ReadonlyMap<string, string> = new Map([
  ['google.protobuf.Timestamp', ' { seconds nanos }'],
  ['google.protobuf.Duration', ' { seconds nanos }'],
  ['google.protobuf.Struct', ' { fields }'],
  ['google.protobuf.DoubleValue', ' { value }'],
  ['google.protobuf.StringValue', ' { value }'],
]);

function toInput(message: DescMessage, value: JsonValue): JsonValue {
  return Object.fromEntries(
    message.fields.flatMap((field): [string, JsonValue][] => {
      const part = property(value, field.jsonName);
      if (part === undefined) return [];
      if (field.fieldKind !== 'message') return [[field.name, part]];
      const isWrapper = WELL_KNOWN.has(field.message.typeName);
      return [[field.name, isWrapper ? { value: part } : toInput(field.message, part)]];
    }),
  );
}

function property(value: JsonValue, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value[name];
}
