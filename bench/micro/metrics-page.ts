// How long does a scrape take with a thousand methods and a hundred endpoints, each with its histogram?
import { bench, do_not_optimize, run } from 'mitata';
import { createLargeMetrics } from '../../test/support/large-metrics.ts';

const metrics = createLargeMetrics();

bench('text format', async () => do_not_optimize(await metrics.page('text')));
bench('OpenMetrics with exemplars', async () => do_not_optimize(await metrics.page('openMetrics')));

await run();
