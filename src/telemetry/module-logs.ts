import type { Config } from '../config/schema.ts';
import type { Log } from './log.ts';
import type { LogDestination } from './log-destination.ts';

export type LogModule = keyof Config['log']['modules'];

/** The logs of the gateway's parts, each with a level that can be changed while it runs. */
export class ModuleLogs {
  readonly root: Log;
  readonly #destination: Pick<LogDestination, 'dropped'>;
  readonly #children = new Map<LogModule, Log>();
  #levels: Config['log']['modules'];

  /** @param destination where the lines of `root` go, which knows how many it had to drop. */
  constructor(
    root: Log,
    { modules }: Pick<Config['log'], 'modules'>,
    destination: Pick<LogDestination, 'dropped'>,
  ) {
    this.root = root;
    this.#destination = destination;
    this.#levels = modules;
  }

  /** Lines that nobody read fast enough. */
  get dropped(): number {
    return this.#destination.dropped;
  }

  of(module: LogModule): Log {
    const held = this.#children.get(module);
    if (held !== undefined) return held;
    const level = this.#levels[module] ?? this.root.level;
    const child = this.root.child({ module }, { level });
    this.#children.set(module, child);
    return child;
  }

  setLevels({ level, modules }: Pick<Config['log'], 'level' | 'modules'>): void {
    this.#levels = modules;
    this.root.level = level;
    for (const [module, child] of this.#children) child.level = modules[module] ?? level;
  }
}
