export type * from './root.ts';
