export type * from './google/protobuf/type.ts';
