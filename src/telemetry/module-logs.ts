import {
  forModules,
  LOG_MODULES,
  type LogLevel,
  type LogLevelChange,
  type LogLevelSettings,
  type LogModule,
} from '../config/log-section.ts';
import type { Log } from './log.ts';
import type { LogDestination } from './log-destination.ts';

export interface LogLevels {
  readonly level: LogLevel;
  /** Of every module, whether it is its own or the common one. */
  readonly modules: Readonly<Record<LogModule, LogLevel>>;
}

/** The logs of the gateway's parts, each with a level that can be changed while it runs. */
export class ModuleLogs {
  readonly root: Log;
  readonly #destination: Pick<LogDestination, 'dropped'>;
  readonly #children = new Map<LogModule, Log>();
  #level: LogLevel;
  #own: LogLevelSettings['modules'];

  /** @param destination where the lines of `root` go, which knows how many it had to drop. */
  constructor(
    root: Log,
    { level, modules }: LogLevelSettings,
    destination: Pick<LogDestination, 'dropped'>,
  ) {
    this.root = root;
    this.#destination = destination;
    this.#level = level;
    this.#own = modules;
  }

  /** Lines that nobody read fast enough. */
  get dropped(): number {
    return this.#destination.dropped;
  }

  of(module: LogModule): Log {
    const held = this.#children.get(module);
    if (held !== undefined) return held;
    const child = this.root.child({ module }, { level: this.#levelOf(module) });
    this.#children.set(module, child);
    return child;
  }

  get levels(): LogLevels {
    const modules = forModules((module) => this.#levelOf(module));
    return { level: this.#level, modules };
  }

  /** What {@link setLevels} takes to bring another process to the same. */
  get settings(): LogLevelSettings {
    return { level: this.#level, modules: { ...this.#own } };
  }

  setLevels({ level, modules }: LogLevelSettings): void {
    this.#level = level;
    this.#own = modules;
    this.root.level = level;
    for (const [module, child] of this.#children) child.level = this.#levelOf(module);
  }

  /** Changes what the change names, and leaves the rest as it is. */
  changeLevels({ level = this.#level, modules }: LogLevelChange): void {
    const own = { ...this.#own };
    for (const module of LOG_MODULES) {
      const given = modules[module];
      if (given === null) delete own[module];
      else if (given !== undefined) own[module] = given;
    }
    this.setLevels({ level, modules: own });
  }

  #levelOf(module: LogModule): LogLevel {
    return this.#own[module] ?? this.#level;
  }
}
