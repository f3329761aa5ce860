import type { Method } from '../../src/contract/method.ts';
import type { MethodPolicy } from '../../src/contract/policy.ts';
import { Cancellation } from '../../src/lib/cancellation.ts';
import type { BackendCall } from '../../src/upstream/backend-call.ts';

/** What a test says of a method; the steps under test must ask for nothing else of it. */
interface TestMethod extends Partial<Omit<Method, 'policy' | 'descriptor'>> {
  readonly policy?: Partial<MethodPolicy>;
  readonly descriptor?: Partial<Method['descriptor']>;
}

/** A call without a message, metadata or a deadline, but for what a test gives. */
export function createBackendCall(
  method: TestMethod,
  given: Partial<Omit<BackendCall, 'method'>> = {},
): BackendCall {
  return {
    method: method as Method,
    message: new Uint8Array(),
    metadata: [],
    deadline: undefined,
    cancellation: new Cancellation(),
    input: undefined,
    headers: {},
    ...given,
  };
}
