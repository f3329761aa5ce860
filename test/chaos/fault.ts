import type { Cluster, Member } from './cluster.ts';

/** One way to fail. */
export interface Fault {
  readonly name: string;
  /** Whether the gateway is to take the endpoint out. */
  readonly ejects: boolean;
  /** Makes the member fail; what it returns makes it well again. */
  strike(cluster: Cluster, member: Member): Promise<() => Promise<void>>;
}

export const kill9: Fault = {
  name: 'kill -9',
  ejects: true,
  async strike(cluster, member) {
    member.proxy.refuse();
    await member.backend.child.kill();
    return async () => {
      await cluster.restart(member);
      await member.proxy.accept();
    };
  },
};
