import { describe, expect, test } from 'vitest';
import { HpackDecoder } from './decoder.ts';
import type { HeaderField } from './header-field.ts';

const fromHex = (hex: string) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

interface Step {
  readonly block: string;
  readonly fields: readonly HeaderField[];
  /** The dynamic table afterwards, newest first. */
  readonly table: readonly HeaderField[];
  readonly size: number;
}

interface Example {
  readonly name: string;
  readonly tableSize: number;
  readonly steps: readonly Step[];
}

const REQUEST_1: HeaderField[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'www.example.com'],
];
const REQUEST_2: HeaderField[] = [...REQUEST_1, ['cache-control', 'no-cache']];
const REQUEST_3: HeaderField[] = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':path', '/index.html'],
  [':authority', 'www.example.com'],
  ['custom-key', 'custom-value'],
];
const AUTHORITY: HeaderField = [':authority', 'www.example.com'];
const NO_CACHE: HeaderField = ['cache-control', 'no-cache'];
const CUSTOM: HeaderField = ['custom-key', 'custom-value'];

const DATE_1: HeaderField = ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'];
const DATE_2: HeaderField = ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'];
const LOCATION: HeaderField = ['location', 'https://www.example.com'];
const PRIVATE: HeaderField = ['cache-control', 'private'];
const STATUS_302: HeaderField = [':status', '302'];
const STATUS_307: HeaderField = [':status', '307'];
const GZIP: HeaderField = ['content-encoding', 'gzip'];
const COOKIE: HeaderField = [
  'set-cookie',
  'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
];

const requests = (blocks: [string, string, string]): Step[] => [
  { block: blocks[0], fields: REQUEST_1, table: [AUTHORITY], size: 57 },
  { block: blocks[1], fields: REQUEST_2, table: [NO_CACHE, AUTHORITY], size: 110 },
  { block: blocks[2], fields: REQUEST_3, table: [CUSTOM, NO_CACHE, AUTHORITY], size: 164 },
];

const responses = (blocks: [string, string, string]): Step[] => [
  {
    block: blocks[0],
    fields: [STATUS_302, PRIVATE, DATE_1, LOCATION],
    table: [LOCATION, DATE_1, PRIVATE, STATUS_302],
    size: 222,
  },
  {
    block: blocks[1],
    fields: [STATUS_307, PRIVATE, DATE_1, LOCATION],
    table: [STATUS_307, LOCATION, DATE_1, PRIVATE],
    size: 222,
  },
  {
    block: blocks[2],
    fields: [[':status', '200'], PRIVATE, DATE_2, LOCATION, GZIP, COOKIE],
    table: [COOKIE, GZIP, DATE_2],
    size: 215,
  },
];

const EXAMPLES: readonly Example[] = [
  {
    name: 'C.2.1 literal with indexing',
    tableSize: 4096,
    steps: [
      {
        block: '400a637573746f6d2d6b65790d637573746f6d2d686561646572',
        fields: [['custom-key', 'custom-header']],
        table: [['custom-key', 'custom-header']],
        size: 55,
      },
    ],
  },
  {
    name: 'C.2.2 literal without indexing',
    tableSize: 4096,
    steps: [
      {
        block: '040c2f73616d706c652f70617468',
        fields: [[':path', '/sample/path']],
        table: [],
        size: 0,
      },
    ],
  },
  {
    name: 'C.2.3 literal never indexed',
    tableSize: 4096,
    steps: [
      {
        block: '100870617373776f726406736563726574',
        fields: [['password', 'secret']],
        table: [],
        size: 0,
      },
    ],
  },
  {
    name: 'C.2.4 indexed',
    tableSize: 4096,
    steps: [{ block: '82', fields: [[':method', 'GET']], table: [], size: 0 }],
  },
  {
    name: 'C.3 requests without Huffman coding',
    tableSize: 4096,
    steps: requests([
      '828684410f7777772e6578616d706c652e636f6d',
      '828684be58086e6f2d6361636865',
      '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
    ]),
  },
  {
    name: 'C.4 requests with Huffman coding',
    tableSize: 4096,
    steps: requests([
      '828684418cf1e3c2e5f23a6ba0ab90f4ff',
      '828684be5886a8eb10649cbf',
      '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
    ]),
  },
  {
    name: 'C.5 responses without Huffman coding, with eviction',
    tableSize: 256,
    steps: responses([
      `4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54
       6e1768747470733a2f2f7777772e6578616d706c652e636f6d`,
      '4803333037c1c0bf',
      `88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f
       3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076
       657273696f6e3d31`,
    ]),
  },
  {
    name: 'C.6 responses with Huffman coding, with eviction',
    tableSize: 256,
    steps: responses([
      `488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f
       0b97c8e9ae82ae43d3`,
      '4883640effc1c0bf',
      `88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335df
       dfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007`,
    ]),
  },
];

describe('the examples of RFC 7541 Appendix C', () => {
  test.each(EXAMPLES)('$name', ({ tableSize, steps }) => {
    const decoder = new HpackDecoder(tableSize, 65_536);
    for (const { block, fields, table, size } of steps) {
      const bytes = fromHex(block);
      expect(decoder.decode(bytes, 0, bytes.length)).toEqual({ fields, complete: true });
      const entries = Array.from({ length: decoder.table.length }, (_, at) =>
        decoder.table.get(at + 1),
      );
      expect(entries).toEqual(table);
      expect(decoder.table.size).toBe(size);
    }
  });
});
