import { findDetail, type GrpcCode, isWeirError } from '@weir/client';
import { violationsByField } from './field-violations.ts';
import { OutcomeCheck } from './outcome-check.tsx';
import { RetryHint } from './retry-hint.tsx';

/** Said of the codes after which nothing was placed. Any other code leaves the outcome open. */
const TITLES: Partial<Record<GrpcCode, string>> = {
  INVALID_ARGUMENT: 'Please check the order',
  OUT_OF_RANGE: 'Please check the order',
  FAILED_PRECONDITION: 'Not possible at the moment',
  ALREADY_EXISTS: 'This order was placed already',
  UNAUTHENTICATED: 'Please sign in again',
  PERMISSION_DENIED: 'You may not place this order',
  NOT_FOUND: 'Not found',
  RESOURCE_EXHAUSTED: 'Too many orders at once',
  UNIMPLEMENTED: 'The order book cannot do this',
};

interface RefusalProps {
  readonly error: unknown;
  readonly clientOrderId: string;
  /** The order that may have been lost exists. */
  readonly onFound: () => void;
}

/** Why an order was refused, in the order in which a person asks: what, why, what now. */
export function Refusal({ error, clientOrderId, onFound }: RefusalProps) {
  const title = isWeirError(error) ? TITLES[error.data.grpc.code] : undefined;
  if (title === undefined) {
    return (
      <div className="refusal" role="alert">
        <OutcomeCheck clientOrderId={clientOrderId} onFound={onFound} />
        <p className="cause">{messageOf(error)}</p>
        <Reference error={error} />
      </div>
    );
  }
  const info = findDetail(error, 'google.rpc.ErrorInfo');
  const fields = violationsByField(error).size;
  return (
    <div className="refusal" role="alert">
      <h3>{title}</h3>
      <p>{fields > 0 ? describeFields(fields) : messageOf(error)}</p>
      {info && (
        <p className="reason">
          <code>{info.reason}</code>
          {Object.entries(info.metadata).map(([name, value]) => (
            <span key={name}>
              {name}: {value}
            </span>
          ))}
        </p>
      )}
      <RetryHint error={error} />
      <Reference error={error} />
    </div>
  );
}

function describeFields(count: number): string {
  return count === 1 ? 'One field needs a correction.' : `${count} fields need a correction.`;
}

function messageOf(error: unknown): string {
  if (isWeirError(error)) return error.data.grpc.message;
  return 'The connection to the gateway was lost.';
}

function Reference({ error }: { error: unknown }) {
  const requestId = isWeirError(error) ? error.data.requestId : undefined;
  return requestId === undefined ? null : <p className="reference">Reference {requestId}</p>;
}
