import { create, createFileRegistry, type DescMethod } from '@bufbuild/protobuf';
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  MethodOptions_IdempotencyLevel,
} from '@bufbuild/protobuf/wkt';
import { type AnyTRPCRouter, initTRPC } from '@trpc/server';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { methodKindOf, procedureTypeOf, toProcedurePath } from './procedure-path.ts';

describe('toProcedurePath', () => {
  test.each([
    ['market.v1.QuoteService', 'GetQuote', 'market.v1.quoteService.getQuote'],
    ['QuoteService', 'GetQuote', 'quoteService.getQuote'],
    ['market.v1.FIXGateway', 'GetURL', 'market.v1.fIXGateway.getURL'],
    ['market_data.v1.quotes', 'get_quote', 'market_data.v1.quotes.get_quote'],
    ['market.v1.QuoteService', 'Then', 'market.v1.quoteService.then_'],
    ['market.v1.QuoteService', 'then_', 'market.v1.quoteService.then__'],
    ['call.apply.Then', 'Call', 'call_.apply_.then_.call_'],
    ['createCaller.v1.CreateCaller', 'CreateCaller', 'createCaller_.v1.createCaller.createCaller'],
    ['_def.v1._def', '_def', '_def_.v1._def._def'],
    ['CreateCaller', 'Get', 'createCaller_.get'],
    ['a.__proto__', '__proto__', 'a.__proto___.__proto___'],
    ['thenable.v1.CallService', 'ApplyAll', 'thenable.v1.callService.applyAll'],
  ])('%s.%s is %s', (service, method, path) => {
    expect(toProcedurePath(service, method)).toBe(path);
  });

  test('tRPC accepts every path it gives', () => {
    const word = fc.constantFrom(
      'then',
      'Call',
      'apply',
      '__proto__',
      '_def',
      'createCaller',
      'v1',
      'Quote',
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), word, (service, method) => {
        const path = toProcedurePath(service.join('.'), method);
        expect(Object.keys(nest(path.split('.'))._def.procedures)).toEqual([path]);
      }),
    );
  });

  test('two names of a contract that differ beyond their first letter never share a path', () => {
    const name = fc.stringMatching(/^(then|call|Apply|get|__proto)_{0,3}$/);
    fc.assert(
      fc.property(name, name, (one, other) => {
        const same = toProcedurePath('a.S', one) === toProcedurePath('a.S', other);
        expect(same).toBe(lowerFirst(one) === lowerFirst(other));
      }),
    );
  });
});

describe('what a method is to tRPC', () => {
  const { IDEMPOTENCY_UNKNOWN, NO_SIDE_EFFECTS, IDEMPOTENT } = MethodOptions_IdempotencyLevel;
  test.each([
    { level: NO_SIDE_EFFECTS, client: false, server: false, kind: 'unary', type: 'query' },
    { level: IDEMPOTENT, client: false, server: false, kind: 'unary', type: 'mutation' },
    { level: IDEMPOTENCY_UNKNOWN, client: false, server: false, kind: 'unary', type: 'mutation' },
    {
      level: NO_SIDE_EFFECTS,
      client: false,
      server: true,
      kind: 'serverStreaming',
      type: 'subscription',
    },
    {
      level: IDEMPOTENCY_UNKNOWN,
      client: true,
      server: false,
      kind: 'clientStreaming',
      type: 'subscription',
    },
    { level: IDEMPOTENT, client: true, server: true, kind: 'bidiStreaming', type: 'subscription' },
  ])('$kind with idempotency level $level is a $type', ({ level, client, server, kind, type }) => {
    const method = createMethod(level, client, server);
    expect(methodKindOf(method)).toBe(kind);
    expect(procedureTypeOf(method)).toBe(type);
  });
});

const t = initTRPC.create();

/** A router for every level, because tRPC looks for reserved names only where a router is made. */
function nest([first = '', ...rest]: readonly string[]): AnyTRPCRouter {
  return t.router({ [first]: rest.length === 0 ? t.procedure.query(() => 1) : nest(rest) });
}

function createMethod(
  idempotencyLevel: MethodOptions_IdempotencyLevel,
  clientStreaming: boolean,
  serverStreaming: boolean,
): DescMethod {
  const file = create(FileDescriptorProtoSchema, {
    name: 'a.proto',
    package: 'a',
    syntax: 'proto3',
    messageType: [{ name: 'M' }],
    service: [
      {
        name: 'S',
        method: [
          {
            name: 'Do',
            inputType: '.a.M',
            outputType: '.a.M',
            clientStreaming,
            serverStreaming,
            options: { idempotencyLevel },
          },
        ],
      },
    ],
  });
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
  const method = registry.getService('a.S')?.methods[0];
  if (method === undefined) throw new Error('the method is missing from its own registry');
  return method;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
