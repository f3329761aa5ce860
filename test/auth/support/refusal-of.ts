import { refusalReasonOf } from '../../../src/auth/refusal.ts';
import { WeirError } from '../../../src/errors.ts';

/** What `attempt` ends with: `UNAUTHENTICATED TOKEN_EXPIRED`, or `accepted`. */
export async function refusalOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return 'accepted';
  } catch (thrown) {
    const error = WeirError.from(thrown);
    return `${error.code} ${refusalReasonOf(error) ?? error.message}`;
  }
}
