import type { UpstreamConfig } from '../../config/schema.ts';
import type { Endpoint } from '../endpoint.ts';
import { askServingStatus } from './check-health.ts';
import { askHttp, type SecureQuestion } from './http-probe.ts';
import { type HealthAnswer, toFailedAnswer, toHealthAnswer } from './serving-status.ts';
import { type HealthWatch, watchHealth } from './watch-health.ts';

/** How an endpoint is asked for its health. */
export interface HealthProbe {
  /** Never rejects. */
  ask(endpoint: Endpoint): Promise<HealthAnswer>;
  /** Absent where backends cannot announce changes themselves. */
  readonly watch?: (
    endpoint: Endpoint,
    onAnswer: (answer: HealthAnswer) => void,
    onEnd: (answer: HealthAnswer) => void,
  ) => HealthWatch;
}

/** @param secure how the upstream's calls use TLS; undefined where they do not */
export function createHealthProbe(
  config: NonNullable<UpstreamConfig['healthCheck']>,
  secure?: SecureQuestion,
): HealthProbe {
  const { http, service, timeout } = config;
  if (http !== undefined) {
    const { path, port, version, tls = port === undefined } = http;
    const question = { path, port, version, secure: tls ? secure : undefined };
    return { ask: ({ target }) => askHttp(target.address, question, timeout) };
  }
  return {
    async ask({ transport }) {
      try {
        return toHealthAnswer(await askServingStatus(transport, service, timeout));
      } catch (thrown) {
        return toFailedAnswer(thrown);
      }
    },
    watch: ({ transport }, onAnswer, onEnd) => watchHealth(transport, service, onAnswer, onEnd),
  };
}
