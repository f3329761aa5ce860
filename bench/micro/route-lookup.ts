// How long does it take to find a procedure among a thousand, beside reading the URL that names it?
import { bench, do_not_optimize, run } from 'mitata';
import { parseRequestTarget } from '../../src/inbound/http/request-target.ts';

const paths = Array.from({ length: 1_000 }, (_, i) => `market.v1.service${i}.getQuote`);
const table = new Map(paths.map((path) => [path, { path }]));
const target = 'market.v1.service500.getQuote?input=%7B%22symbol%22%3A%22AAPL%22%7D';

bench('read the URL', () => do_not_optimize(parseRequestTarget(target)));
bench('read the URL and find the procedure', () =>
  do_not_optimize(table.get(parseRequestTarget(target).path)),
);

await run();
