import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The client packages name their sources under this condition, so tests need no build.
  resolve: { conditions: ['weir-source', 'module', 'node', 'development'] },
  ssr: { resolve: { conditions: ['weir-source', 'module', 'node', 'development'] } },
  test: {
    include: ['{src,test,clients,examples,scripts}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Node's own EventSource, for the stock SSE link.
    execArgv: ['--experimental-eventsource'],
    maxWorkers: 2,
  },
});
