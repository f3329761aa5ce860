import type { RelayDuties } from '../admin/admin-relay.ts';
import type { AccessChange } from '../auth/revocation/access-change.ts';
import type { LogLevelChange, LogLevelSettings } from '../config/log-section.ts';
import type { Config } from '../config/schema.ts';
import type { ExpositionFormat } from '../telemetry/metrics/exposition.ts';
import type { FamilyReading } from '../telemetry/metrics/family-reading.ts';
import type { SharedMemoryDuties } from './shared-memory.ts';

/** What a worker is to be. */
export interface Assignment {
  /** From 1 on; the worker that takes the place of a dead one has its number. */
  readonly number: number;
  /** As the primary read it at its start, so that all workers have the same. */
  readonly config: Config;
  /** As operators have changed them since. */
  readonly levels: LogLevelSettings;
}

/** What the primary asks of a worker. */
export interface WorkerDuties extends RelayDuties {
  /** Everything it counted. */
  read(): Promise<readonly FamilyReading[]>;
  /** Says nothing, and shows by it that the event loop turns. */
  beat(): void;
  setLevels(levels: LogLevelSettings): void;
  accessChanged(change: AccessChange): void;
  /** How many workers serve now. */
  workersServing(count: number): void;
}

/** What a worker asks of the primary. */
export interface PrimaryDuties extends SharedMemoryDuties {
  begin(): Assignment;
  /** It listens, at this address. */
  serving(url: string): void;
  /** It cannot serve; `mendable` by whoever wrote the configuration. */
  failed(reason: { readonly message: string; readonly mendable: boolean }): void;
  /** The page of all processes together. */
  metricsPage(format: ExpositionFormat): Promise<string>;
  changeLevels(change: LogLevelChange): Promise<void>;
  announce(change: AccessChange): Promise<void>;
  /** Those still in force. */
  accessChanges(): readonly AccessChange[];
  /** The same to another worker. */
  relay<Name extends keyof RelayDuties>(question: {
    readonly worker: number;
    readonly name: Name;
    readonly question: Parameters<RelayDuties[Name]>[0];
  }): Promise<unknown>;
}
