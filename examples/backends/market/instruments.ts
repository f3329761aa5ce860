export type InstrumentState =
  | 'TRADING_STATE_OPEN'
  | 'TRADING_STATE_HALTED'
  | 'TRADING_STATE_CLOSED';

/** What is fixed about an instrument that trades here. */
export interface Listing {
  readonly symbol: string;
  readonly name: string;
  readonly basePrice: number;
  readonly sharesOutstanding: bigint;
  /** From the narrow to the wide. */
  readonly sectors: readonly string[];
  /** In percent; undefined where the issuer pays none. */
  readonly dividendYield: number | undefined;
  readonly state: InstrumentState;
}

const TECHNOLOGY = 'Information Technology';
const HEALTH = 'Health Care';
const FINANCE = 'Financials';
const CONSUMER = 'Consumer Discretionary';
const STAPLES = 'Consumer Staples';
const MEDIA = 'Communication Services';

/** Symbol, name, base price, shares in millions, sectors, dividend yield in percent (0: none). */
const ROWS = [
  ['AAPL', 'Apple Inc.', 230.1, 15_115, ['Hardware', TECHNOLOGY], 0.43],
  ['ABBV', 'AbbVie Inc.', 196.4, 1_767, ['Pharmaceuticals', HEALTH], 3.3],
  ['ADBE', 'Adobe Inc.', 518.6, 440, ['Application Software', 'Software', TECHNOLOGY], 0],
  ['AMD', 'Advanced Micro Devices, Inc.', 156.2, 1_623, ['Semiconductors', TECHNOLOGY], 0],
  ['AMZN', 'Amazon.com, Inc.', 201.7, 10_515, ['Broadline Retail', CONSUMER], 0],
  ['AVGO', 'Broadcom Inc.', 172.9, 4_671, ['Semiconductors', TECHNOLOGY], 1.2],
  ['AXP', 'American Express Company', 271.3, 704, ['Consumer Finance', FINANCE], 1],
  ['BA', 'The Boeing Company', 152.8, 748, ['Aerospace & Defense', 'Industrials'], 0],
  ['BAC', 'Bank of America Corporation', 42.1, 7_673, ['Diversified Banks', 'Banks', FINANCE], 2.5],
  ['CAT', 'Caterpillar Inc.', 389.5, 483, ['Machinery', 'Industrials'], 1.4],
  ['COST', 'Costco Wholesale Corporation', 893.2, 443, ['Staples Retail', STAPLES], 0.5],
  ['CRM', 'Salesforce, Inc.', 288.7, 956, ['Application Software', 'Software', TECHNOLOGY], 0.6],
  ['CSCO', 'Cisco Systems, Inc.', 53.4, 3_991, ['Communications Equipment', TECHNOLOGY], 3],
  ['CVX', 'Chevron Corporation', 150.9, 1_797, ['Integrated Oil & Gas', 'Energy'], 4.3],
  ['DIS', 'The Walt Disney Company', 96.8, 1_813, ['Movies & Entertainment', MEDIA], 0.9],
  ['GE', 'GE Aerospace', 188.4, 1_082, ['Aerospace & Defense', 'Industrials'], 0.6],
  ['GME', 'GameStop Corp.', 22.6, 427, ['Specialty Retail', CONSUMER], 0],
  ['GOOG', 'Alphabet Inc. Class C', 167.1, 5_534, ['Interactive Media', MEDIA], 0.5],
  ['GS', 'The Goldman Sachs Group, Inc.', 523.8, 314, ['Capital Markets', FINANCE], 2.3],
  ['HD', 'The Home Depot, Inc.', 409.2, 993, ['Home Improvement Retail', CONSUMER], 2.2],
  ['HON', 'Honeywell International Inc.', 206.3, 650, ['Conglomerates', 'Industrials'], 2.1],
  ['IBM', 'International Business Machines', 232.6, 924, ['IT Consulting', TECHNOLOGY], 2.9],
  ['INTC', 'Intel Corporation', 22.7, 4_313, ['Semiconductors', TECHNOLOGY], 2.2],
  ['INTU', 'Intuit Inc.', 611.9, 280, ['Application Software', 'Software', TECHNOLOGY], 0.7],
  ['JNJ', 'Johnson & Johnson', 161.5, 2_407, ['Pharmaceuticals', HEALTH], 3.1],
  ['JPM', 'JPMorgan Chase & Co.', 222.4, 2_815, ['Diversified Banks', 'Banks', FINANCE], 2.2],
  ['KO', 'The Coca-Cola Company', 70.3, 4_310, ['Soft Drinks', STAPLES], 2.8],
  ['LLY', 'Eli Lilly and Company', 912.7, 950, ['Pharmaceuticals', HEALTH], 0.6],
  ['MA', 'Mastercard Incorporated', 507.2, 922, ['Payment Services', FINANCE], 0.5],
  ['MCD', "McDonald's Corporation", 299.4, 717, ['Restaurants', CONSUMER], 2.2],
  ['META', 'Meta Platforms, Inc.', 582.6, 2_534, ['Interactive Media', MEDIA], 0.3],
  ['MRK', 'Merck & Co., Inc.', 109.8, 2_535, ['Pharmaceuticals', HEALTH], 2.8],
  [
    'MSFT',
    'Microsoft Corporation',
    417.3,
    7_433,
    ['Systems Software', 'Software', TECHNOLOGY],
    0.7,
  ],
  ['NFLX', 'Netflix, Inc.', 727.5, 429, ['Movies & Entertainment', MEDIA], 0],
  ['NKE', 'NIKE, Inc.', 82.4, 1_499, ['Footwear', CONSUMER], 1.8],
  ['NVDA', 'NVIDIA Corporation', 138.3, 24_530, ['Semiconductors', TECHNOLOGY], 0.03],
  ['ORCL', 'Oracle Corporation', 172.1, 2_771, ['Systems Software', 'Software', TECHNOLOGY], 0.9],
  ['PEP', 'PepsiCo, Inc.', 173.9, 1_373, ['Soft Drinks', STAPLES], 3.1],
  ['PFE', 'Pfizer Inc.', 29.4, 5_667, ['Pharmaceuticals', HEALTH], 5.7],
  ['PG', 'The Procter & Gamble Company', 171.2, 2_355, ['Household Products', STAPLES], 2.4],
  ['QCOM', 'QUALCOMM Incorporated', 170.6, 1_114, ['Semiconductors', TECHNOLOGY], 2],
  ['SBUX', 'Starbucks Corporation', 96.3, 1_134, ['Restaurants', CONSUMER], 2.4],
  ['T', 'AT&T Inc.', 21.8, 7_170, ['Integrated Telecommunication', MEDIA], 5.1],
  ['TSLA', 'Tesla, Inc.', 219.2, 3_210, ['Automobile Manufacturers', 'Automobiles', CONSUMER], 0],
  ['TXN', 'Texas Instruments Incorporated', 200.4, 913, ['Semiconductors', TECHNOLOGY], 2.6],
  ['UNH', 'UnitedHealth Group Incorporated', 569.1, 923, ['Managed Health Care', HEALTH], 1.5],
  ['V', 'Visa Inc.', 281.7, 1_980, ['Payment Services', FINANCE], 0.7],
  ['WFC', 'Wells Fargo & Company', 64.2, 3_404, ['Diversified Banks', 'Banks', FINANCE], 2.5],
  ['WMT', 'Walmart Inc.', 81.3, 8_043, ['Staples Retail', STAPLES], 1],
  ['XOM', 'Exxon Mobil Corporation', 119.6, 4_443, ['Integrated Oil & Gas', 'Energy'], 3.3],
] as const;

const UNUSUAL = new Map<string, InstrumentState>([
  ['GME', 'TRADING_STATE_HALTED'],
  ['T', 'TRADING_STATE_CLOSED'],
]);

/** The 50 listings by symbol, in the order of their symbols. */
export const LISTINGS: ReadonlyMap<string, Listing> = new Map(
  ROWS.map(([symbol, name, basePrice, millions, sectors, dividendYield]) => [
    symbol,
    {
      symbol,
      name,
      basePrice,
      sharesOutstanding: BigInt(millions) * 1_000_000n,
      sectors,
      dividendYield: dividendYield === 0 ? undefined : dividendYield,
      state: UNUSUAL.get(symbol) ?? 'TRADING_STATE_OPEN',
    },
  ]),
);
