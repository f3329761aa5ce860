import { join } from 'node:path';

export const BENCH = import.meta.dirname;
export const ROOT = join(BENCH, '..');
/** Programs, answers and requests made for a run; not kept in version control. */
export const BUILD = join(BENCH, '.build');
