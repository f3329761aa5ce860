import { expect, test } from 'vitest';
import { OtlpCollector } from '../../../test/telemetry/otlp/collector.ts';
import { OtlpExporter } from './otlp-exporter.ts';

test('a collector that wants everything again at once gets it after a pause', async () => {
  const collector = await OtlpCollector.start();
  collector.behaviour = 'impatient';
  const exporter = new OtlpExporter({
    url: collector.url,
    headers: {},
    timeoutMs: 1_000,
    origin: { serviceName: 'weir', version: '1', instanceId: '1' },
  });
  const { rejected } = await exporter.send({ bytes: new Uint8Array(), spans: 3 });
  expect(rejected).toBe(3);
  // Half a second between the first two, and a whole one is the end.
  expect(collector.requests).toBeLessThanOrEqual(2);
  exporter.close();
  await collector.stop();
});
