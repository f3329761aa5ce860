import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { endpoint } from '../../config/upstream-section.ts';
import { UserError } from '../../lib/user-error.ts';
import { watchFile } from '../../lib/watch-file.ts';
import type { EndpointTarget } from '../endpoint.ts';
import type { Discovery, DiscoveryEvents } from './discovery.ts';

const listSchema = z.array(endpoint, 'expected a list of endpoints').min(1, 'expected an endpoint');

export interface FileDiscoveryOptions {
  /** YAML or JSON: a list of addresses or of `{address, weight?, zone?, version?}`. */
  readonly path: string;
  readonly pollMs: number;
  readonly events: DiscoveryEvents;
}

/** A file that another program rewrites. One that is broken or gone keeps the last list. */
export function createFileDiscovery({ path, pollMs, events }: FileDiscoveryOptions): Discovery {
  let unwatch: () => void = () => {};

  return {
    /** @throws UserError for a file that is wrong from the start, as for a wrong configuration */
    async start(onTargets) {
      // Before reading, so that no change is missed.
      unwatch = watchFile(path, pollMs, () => {
        try {
          onTargets(readTargets(path));
          events.discovered();
        } catch (error) {
          events.discoveryFailed(error);
        }
      });
      try {
        onTargets(readTargets(path));
      } catch (error) {
        unwatch();
        throw error;
      }
    },
    suspect() {},
    stop() {
      unwatch();
    },
  };
}

function readTargets(path: string): readonly EndpointTarget[] {
  let list: unknown;
  try {
    list = parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UserError(
      `${path} cannot be read as a list of endpoints: ${cause instanceof Error ? cause.message : cause}`,
      [],
      { cause },
    );
  }
  const result = listSchema.safeParse(list);
  if (result.success) return result.data;
  throw new UserError(
    `${path} is no list of endpoints such as ["10.0.0.1:50051"]:`,
    result.error.issues.map(({ path: at, message }) => `${at.join('.') || 'the file'}: ${message}`),
  );
}
