export type * from './nasty/v2/legacy.ts';
export type * from './nasty/v2/nasty.ts';
