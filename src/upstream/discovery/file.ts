import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../lib/user-error.ts';
import type { EndpointTarget } from '../endpoint.ts';
import type { Discovery } from './discovery.ts';

const listSchema = z
  .array(
    z.strictObject({
      address: z.string(),
      weight: z.number().positive().default(1),
      zone: z.string().default(''),
      version: z.string().default(''),
    }),
  )
  .min(1);

export interface FileDiscoveryOptions {
  /** YAML or JSON: a list of `{address, weight?, zone?, version?}`. */
  readonly path: string;
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
}

/**
 * A file that another program rewrites. It is polled, because a Kubernetes ConfigMap is swapped by links
 * that change notifications miss. A file that is broken or gone keeps the last list.
 */
export function createFileDiscovery(options: FileDiscoveryOptions): Discovery {
  let onChange: () => void = () => {};

  function read(): readonly EndpointTarget[] {
    return listSchema.parse(parse(readFileSync(options.path, 'utf8')));
  }

  return {
    async start(onTargets) {
      try {
        onTargets(read());
      } catch (cause) {
        throw new UserError(
          `${options.path} is not a list of endpoints such as [{address: "10.0.0.1:50051"}]: ${String(cause)}`,
          [],
          { cause },
        );
      }
      onChange = () => {
        try {
          onTargets(read());
        } catch (error) {
          options.onError(error);
        }
      };
      watchFile(options.path, { interval: options.pollMs, persistent: false }, onChange);
    },
    suspect() {},
    stop() {
      unwatchFile(options.path, onChange);
    },
  };
}
