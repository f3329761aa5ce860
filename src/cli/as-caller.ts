import { createAccessRules } from '../auth/access-rules.ts';
import { createRoleTable } from '../auth/create-auth.ts';
import { ANONYMOUS, type Identity } from '../auth/identity.ts';
import type { AuthConfig } from '../config/schema.ts';
import type { Method } from '../contract/method.ts';
import { WeirError } from '../errors.ts';

/** Whether a caller with this one role may make a call: `yes`, or why not. */
export function createQuestion(auth: AuthConfig, role: string): (method: Method) => string {
  const rules = createAccessRules({
    mode: auth.mode,
    roles: createRoleTable(auth.roles),
    overrides: auth.access,
  });
  const identity: Identity = { ...ANONYMOUS, proof: 'jwt', subject: role, roles: [role] };
  return function mayCall(method) {
    try {
      rules.permit(method, identity);
      return 'yes';
    } catch (thrown) {
      return `no: ${WeirError.from(thrown).message}`;
    }
  };
}
