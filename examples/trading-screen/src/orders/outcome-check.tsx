import { useQuery } from '@tanstack/react-query';
import { isWeirError } from '@weir/client';
import { useEffect, useEffectEvent } from 'react';
import { useTRPC } from '../weir.ts';

interface OutcomeCheckProps {
  readonly clientOrderId: string;
  readonly onFound: () => void;
}

/** Asks for an order that may be lost by the client's own id, as long as it takes to get an answer. */
export function OutcomeCheck({ clientOrderId, onFound }: OutcomeCheckProps) {
  const trpc = useTRPC();
  const order = useQuery(
    trpc.orders.v1.orderService.getOrder.queryOptions({ clientOrderId }, { gcTime: 0 }),
  );
  const found = useEffectEvent(onFound);
  useEffect(() => {
    if (order.isSuccess) found();
  }, [order.isSuccess]);

  if (isWeirError(order.error) && order.error.data.grpc.code === 'NOT_FOUND') {
    return (
      <>
        <h3>Your order did not arrive</h3>
        <p>The order book does not have it. You can send it again.</p>
      </>
    );
  }
  return (
    <>
      <h3>We do not know whether your order arrived</h3>
      <p>
        {order.isError
          ? `The order book cannot be asked: ${order.error.message}`
          : 'Looking for it in the order book. Please do not place it anew …'}
      </p>
    </>
  );
}
