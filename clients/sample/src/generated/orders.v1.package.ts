export type * from './orders/v1/order_service.ts';
