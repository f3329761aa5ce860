import { actorOf } from '../auth/audit-log.ts';
import { describeProblem } from '../config/describe-problem.ts';
import { type LogLevelChange, logLevelChange } from '../config/log-section.ts';
import { WeirError } from '../errors.ts';
import type { ModuleLogs } from '../telemetry/module-logs.ts';
import type { AdminRoute } from './admin-route.ts';
import { readJson } from './read-json.ts';

/**
 * `GET /admin/log-levels` tells how much each part of the gateway says; `PUT` with
 * `{"level": "info", "modules": {"calls": "debug", "upstream": null}}` changes what it names, and null
 * lets a part follow the common level again. Until a restart, or until `SIGUSR2` reads the file.
 * @param change Makes a change hold; resolves once it does.
 */
export function createLogLevelRoutes(
  logs: ModuleLogs,
  change: (change: LogLevelChange) => Promise<void> | void = (each) => logs.changeLevels(each),
): readonly AdminRoute[] {
  return [
    { method: 'GET', path: 'log-levels', answer: () => ({ body: logs.levels }) },
    {
      method: 'PUT',
      path: 'log-levels',
      async answer({ request, identity, intend }) {
        const wanted = toChange(await readJson(request));
        await intend(JSON.stringify(wanted));
        await change(wanted);
        logs.root.warn({ ...logs.levels, by: actorOf(identity) }, 'log levels changed');
        return { body: logs.levels };
      },
    },
  ];
}

function toChange(input: unknown): LogLevelChange {
  const change = logLevelChange.safeParse(input);
  if (change.success) return change.data;
  const given = { schema: logLevelChange, input, overrides: [] };
  const problems = change.error.issues.flatMap((issue) => describeProblem(issue, given));
  throw new WeirError('INVALID_ARGUMENT', problems.join('\n'));
}
