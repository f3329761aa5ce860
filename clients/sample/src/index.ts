export * from './create-sample-client.ts';
export type * from './generated/index.ts';
