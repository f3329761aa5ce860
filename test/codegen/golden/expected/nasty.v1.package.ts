export type * from './nasty/v1/nasty.ts';
