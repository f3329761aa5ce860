import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createConsumer } from './consumer.ts';

const RIGHT = readFileSync(join(import.meta.dirname, 'types', 'right.ts'), 'utf8');

const consumer = createConsumer();
afterAll(() => consumer.remove());
beforeEach(() => consumer.write('index.ts', ''));

const BROWSER = {
  module: 'esnext',
  moduleResolution: 'bundler',
  lib: ['es2022', 'dom', 'dom.iterable'],
};
const NODE = { module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2022', 'dom'] };

test.each([
  { title: 'a bundler', options: BROWSER },
  { title: 'Node', options: NODE },
  {
    title: 'every check on',
    options: { ...BROWSER, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  },
  { title: 'no check on', options: { ...NODE, strict: false, strictNullChecks: true } },
])('right code compiles with $title', ({ options }) => {
  consumer.write('index.ts', RIGHT);
  expect(consumer.compile({ ...options, skipLibCheck: true })).toEqual([]);
});

test('the declarations of the packages stand on their own', () => {
  consumer.write(
    'index.ts',
    "export * from '@weir/client';\nexport * from '@weir/sample-client';\n",
  );
  const faults = consumer.compile({ ...BROWSER, skipLibCheck: false });
  expect(faults.filter((fault) => fault.includes('@weir') || fault.includes('clients/'))).toEqual(
    [],
  );
});

test('the packages run as they are built', () => {
  consumer.write(
    'index.js',
    "import * as sample from '@weir/sample-client'; import * as client from '@weir/client';" +
      "console.log(Object.keys(sample).join(), typeof sample.createSampleClient({ url: 'http://127.0.0.1/trpc' }).market.v1);" +
      'console.log(Object.keys(client).sort().join());',
  );
  expect(consumer.run('index.js')).toBe(
    'createSampleClient function\nSignInError,connectionOf,createWeirClient,createWeirLinks,createWeirSession,findDetail,isWeirError,traceHeadersOf,traceLink\n',
  );
});

const HEAD = `\
import { createTRPCClient } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { findDetail } from '@weir/client';
import type { AppRouter, marketV1, ordersV1 } from '@weir/sample-client';
declare const weir: ReturnType<typeof createTRPCClient<AppRouter>>;
declare const trpc: ReturnType<typeof createTRPCOptionsProxy<AppRouter>>;
declare const quote: marketV1.GetQuoteResponse;
declare const order: ordersV1.Order;
const quotes = weir.market.v1.quoteService;
const orders = weir.orders.v1.orderService;
`;

const WRONG: { title: string; line: string; error: string }[] = [
  {
    title: 'a procedure that does not exist',
    line: "quotes.getQoute.query({ symbol: 'A' });",
    error:
      "TS2551: Property 'getQoute' does not exist on type 'DecoratedProcedureRecord<…>'. Did you mean 'getQuote'?",
  },
  {
    title: 'a query called as a mutation',
    line: "quotes.getQuote.mutate({ symbol: 'A' });",
    error:
      "TS2339: Property 'mutate' does not exist on type '{ query: Resolver<{ input: GetQuoteRequestInput; output: GetQuoteResponse; errorShape: DefaultErrorShape & { data: DefaultErrorData & WeirErrorData; }; transformer: false; }>; }'.",
  },
  {
    title: 'a mutation called as a query',
    line: 'orders.placeOrder.query({});',
    error:
      "TS2339: Property 'query' does not exist on type '{ mutate: Resolver<{ input: PlaceOrderRequestInput; output: PlaceOrderResponse; errorShape: DefaultErrorShape & { data: DefaultErrorData & WeirErrorData; }; transformer: false; }>; }'.",
  },
  {
    title: 'a stream called as a query',
    line: 'quotes.watchQuotes.query({});',
    error:
      "TS2339: Property 'query' does not exist on type '{ subscribe: SubscriptionResolver<{ input: WatchQuotesRequestInput; output: AsyncIterable<WatchQuotesResponse, never, unknown>; errorShape: DefaultErrorShape & { ...; }; transformer: false; }>; }'.",
  },
  {
    title: 'a call without its input',
    line: 'quotes.getQuote.query();',
    error: 'TS2554: Expected 1-2 arguments, but got 0.',
  },
  {
    title: 'a field that does not exist',
    line: "quotes.getQuote.query({ symbl: 'A' });",
    error:
      "TS2561: Object literal may only specify known properties, but 'symbl' does not exist in type 'GetQuoteRequestInput'. Did you mean to write 'symbol'?",
  },
  {
    title: 'a wrong type',
    line: 'quotes.getQuote.query({ symbol: 5 });',
    error: "TS2322: Type 'number' is not assignable to type 'string'.",
  },
  {
    title: "a proto field's own name",
    line: 'quotes.listInstruments.query({ page_size: 5 });',
    error:
      "TS2561: Object literal may only specify known properties, but 'page_size' does not exist in type 'Paged<ListInstrumentsRequestInput>'. Did you mean to write 'pageSize'?",
  },
  {
    title: 'an enum value that does not exist',
    line: "orders.placeOrder.mutate({ side: 'BUY' });",
    error: "TS2322: Type '\"BUY\"' is not assignable to type 'Side | undefined'.",
  },
  {
    title: 'an enum by number',
    line: 'orders.placeOrder.mutate({ side: 1 });',
    error: "TS2322: Type 'number' is not assignable to type 'Side | undefined'.",
  },
  {
    title: 'two members of a oneof',
    line: 'orders.placeOrder.mutate({ limit: { price: 1 }, market: {} });',
    error:
      "TS2345: Argument of type '{ limit: { price: number; }; market: {}; }' is not assignable to parameter of type 'PlaceOrderRequestInput'.",
  },
  {
    title: 'a member of a oneof that is only null',
    line: 'orders.getOrder.query({ orderId: null });',
    error: "TS2322: Type 'null' is not assignable to type 'Int64Input | undefined'.",
  },
  {
    title: 'a field in an empty message',
    line: 'orders.placeOrder.mutate({ market: { price: 1 } });',
    error: "TS2322: Type 'number' is not assignable to type 'never'.",
  },
  {
    title: 'bytes that are no text',
    line: 'const digest: marketV1.Instrument["listingDigest"] = new Uint8Array();',
    error: "TS2322: Type 'Uint8Array<ArrayBuffer>' is not assignable to type 'string'.",
  },
  {
    title: 'int64 as a number in an answer',
    line: 'const sequence: number = quote.sequence;',
    error: "TS2322: Type 'string' is not assignable to type 'number'.",
  },
  {
    title: 'a double taken for a plain number',
    line: 'quote.bid.toFixed(2);',
    error: "TS2339: Property 'toFixed' does not exist on type 'Double'.",
  },
  {
    title: 'an optional field taken for present',
    line: 'const last: number | string = quote.last;',
    error: "TS2322: Type 'Double | undefined' is not assignable to type 'string | number'.",
  },
  {
    title: 'a oneof member taken for present',
    line: 'order.limit.price;',
    error: "TS18048: 'order.limit' is possibly 'undefined'.",
  },
  {
    title: 'a value outside an enum',
    line: "quote.state === 'OPEN';",
    error:
      "TS2367: This comparison appears to be unintentional because the types 'TradingState' and '\"OPEN\"' have no overlap.",
  },
  {
    title: 'a detail read as another',
    line: "findDetail(null, 'google.rpc.ErrorInfo')?.fieldViolations;",
    error:
      "TS2339: Property 'fieldViolations' does not exist on type 'ErrorInfo & { readonly '@type': string; }'.",
  },
  {
    title: 'an infinite query without pages',
    line: 'trpc.market.v1.quoteService.getQuote.infiniteQueryOptions({});',
    error: 'TS2349: This expression is not callable.',
  },
  {
    title: 'a client-streaming method',
    line: 'orders.importOrders.mutate({});',
    error: "TS2339: Property 'importOrders' does not exist on type 'DecoratedProcedureRecord<…>'.",
  },
];

test('wrong code does not compile, and the compiler says why', () => {
  consumer.write('index.ts', HEAD + WRONG.map(({ line }) => line).join('\n'));
  const offset = HEAD.split('\n').length - 1;
  const faults = new Map<number, string[]>();
  for (const fault of consumer.compile({ ...BROWSER, skipLibCheck: true })) {
    const [, line = '', message = ''] = /^index\.ts\((\d+),\d+\): error (.*)$/.exec(fault) ?? [];
    if (line === '') continue;
    const index = Number(line) - offset - 1;
    // Which names the contract has is not the matter here.
    const short = message.replace(/DecoratedProcedureRecord<.*>/, 'DecoratedProcedureRecord<…>');
    faults.set(index, [...(faults.get(index) ?? []), short]);
  }
  const found = WRONG.map(({ title, line }, index) => ({
    title,
    line,
    error: (faults.get(index) ?? []).join('; '),
  }));
  expect(found).toEqual(WRONG);
});
