import { setTimeout as sleep } from 'node:timers/promises';
import type { Authorities } from './authorities.ts';
import { type Cluster, DETECTION_MS, type Member } from './cluster.ts';
import type { Fault } from './fault.ts';

/** Several times the interval at which the gateway looks at its files. */
const LOOKED_MS = 500;

export const untrusted: Fault = {
  name: 'its certificate is of an authority that Weir hears of later',
  detectionMs: DETECTION_MS,
  async strike(cluster, member) {
    const authorities = authoritiesOf(cluster);
    member.generation = authorities.next();
    await present(cluster, member);
    const heal = async () => authorities.trust(cluster.members.map((each) => each.generation));
    return { at: Date.now(), heal };
  },
};

/** In the order that operators are told to keep, and with what they cannot help: files that do not fit yet. */
export const renewal: Fault = {
  name: 'every certificate is renewed, with files that do not fit in between',
  detectionMs: undefined,
  async strike(cluster) {
    const authorities = authoritiesOf(cluster);
    const at = Date.now();
    const next = authorities.next();
    authorities.trust([...cluster.members.map(({ generation }) => generation), next]);
    await cluster.renewed(at);
    for (const member of cluster.members) {
      member.generation = next;
      await present(cluster, member);
      await sleep(LOOKED_MS);
    }
    authorities.writeClientCertificate(next);
    await sleep(LOOKED_MS);
    authorities.writeClientKey(next);
    authorities.write('ca.pem', '-----BEGIN CERTIFICATE-----\n');
    await sleep(LOOKED_MS);
    // Whoever was started meanwhile may have begun with the old one.
    for (const member of cluster.members) {
      await present(cluster, member);
      await sleep(LOOKED_MS);
    }
    const last = Date.now();
    authorities.trust([next]);
    await cluster.renewed(last);
    return { at, heal: async () => {} };
  },
};

/** Connections that stand are cut, or they would go on under the old certificate. */
async function present(cluster: Cluster, { backend, proxy, generation }: Member): Promise<void> {
  // Who is dead comes back with it.
  if (!backend.child.alive) return;
  await backend.present(authoritiesOf(cluster).backend(generation));
  proxy.reset();
}

function authoritiesOf({ authorities }: Cluster): Authorities {
  if (authorities === undefined) throw new Error('the cluster has no TLS');
  return authorities;
}
