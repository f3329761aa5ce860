export type * from './market/v1/quote_service.ts';
