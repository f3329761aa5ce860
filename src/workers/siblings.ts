import type { RelayDuties } from '../admin/admin-relay.ts';
import type { AdminSiblings } from '../admin/create-admin.ts';
import type { AuthStores } from '../auth/auth-stores.ts';
import type { ExpositionFormat } from '../telemetry/metrics/exposition.ts';
import type { FamilyReading } from '../telemetry/metrics/family-reading.ts';

/** What the other processes may ask of a gateway that is one of several. */
export interface SiblingDuties extends RelayDuties {
  read(): Promise<readonly FamilyReading[]>;
}

/** The processes that serve together with this one, as its gateway knows them. */
export interface Siblings extends AdminSiblings {
  /** What a single process would keep in memory. */
  readonly stores: AuthStores;
  /** How many serve now. */
  readonly serving: number;
  page(format: ExpositionFormat): Promise<string>;
  /** Begins to answer them. */
  answer(duties: SiblingDuties): void;
}
