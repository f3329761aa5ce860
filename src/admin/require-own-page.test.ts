import { expect, test } from 'vitest';
import { requireOwnPage } from './require-own-page.ts';

const HOSTS = ['weir.internal'];

test.each([
  'localhost',
  'localhost:4000',
  'LocalHost:4000',
  'weir.localhost:4000',
  '127.0.0.1:4000',
  '10.0.0.5',
  '[::1]:4000',
  '[::1]',
  'weir.internal',
  'Weir.Internal:80',
])('%s leads here', (host) => {
  expect(() => requireOwnPage({ host }, HOSTS)).not.toThrow();
});

test.each([
  'evil.example',
  'evil.example:4000',
  'localhost.evil.example',
  'evillocalhost',
  '127.0.0.1.evil.example',
  '127.0.0.1@evil.example',
  'evil.example:127.0.0.1',
  '[::1].evil.example',
  '[evil.example]',
  'weir.internal.evil.example',
  '.localhost',
  '',
  undefined,
])('%s may be anybody’s name', (host) => {
  expect(() => requireOwnPage({ host }, HOSTS)).toThrow(/admin\.hosts/);
});

test.each(['same-origin', 'same-site', 'none'])('a page that is %s may ask', (site) => {
  expect(() => requireOwnPage({ host: 'localhost', 'sec-fetch-site': site }, [])).not.toThrow();
});

test('a page of another site may not', () => {
  expect(() => requireOwnPage({ host: 'localhost', 'sec-fetch-site': 'cross-site' }, [])).toThrow(
    'pages of other sites',
  );
});
