import { setTimeout as sleep } from 'node:timers/promises';
import type { NameFault } from '../support/name-server.ts';
import type { Cluster } from './cluster.ts';
import { DnsDirectory } from './directory.ts';
import type { Fault } from './fault.ts';

const KINDS: readonly NameFault[] = ['NXDOMAIN', 'SERVFAIL', 'silence', 'REFUSED'];

/** Longer than the records' time to live and than a question that is asked twice in vain. */
const EACH_MS = 1_500;

/** Of every name that the gateway asks for; backends are well all the while. */
export const namesFail: Fault = {
  name: 'names do not resolve: NXDOMAIN, SERVFAIL, silence, REFUSED',
  detectionMs: undefined,
  names: 'missing',
  async strike(cluster) {
    const directory = directoryOf(cluster);
    const at = Date.now();
    for (const kind of KINDS) {
      directory.fail(kind);
      await sleep(EACH_MS);
    }
    return { at, heal: async () => directory.fail(undefined) };
  },
};

function directoryOf({ directory }: Cluster): DnsDirectory {
  if (directory instanceof DnsDirectory) return directory;
  throw new Error('the cluster has no names');
}
