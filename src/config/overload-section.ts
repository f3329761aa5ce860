import { z } from 'zod';
import { period } from './units.ts';

const share = () => z.number().gt(0, 'expected 0 to 1').max(1, 'expected 0 to 1');

/**
 * When the gateway itself has more to do than it can, it refuses new calls before they cost anything: bulk
 * first, orders last. What is under way goes on.
 */
export const overloadSection = z
  .strictObject({
    /** How often it looks at itself. */
    interval: period().prefault('1s'),
    /** By the method's priority: the delay of everything that runs, lasting, from which on its calls are refused. */
    loopDelay: z
      .strictObject({
        bulk: period().prefault('250ms'),
        default: period().prefault('500ms'),
        critical: period().prefault('2s'),
      })
      .prefault({}),
    /** By the method's priority: the share of the heap's limit. Envoy sheds at 95 %. */
    heap: z
      .strictObject({
        bulk: share().default(0.85),
        default: share().default(0.95),
        critical: share().default(0.98),
      })
      .prefault({}),
  })
  .prefault({});
