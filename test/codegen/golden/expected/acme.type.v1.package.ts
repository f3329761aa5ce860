export type * from './acme/type/v1/money.ts';
