import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the gateway may serve the screen below any path.
  base: './',
  // The client packages' sources, so that a change of a contract shows at once and nothing is built first.
  resolve: { conditions: ['weir-source', ...defaultClientConditions] },
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // TanStack's files say "use client" to React server components, which there are none of here.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
  // `npm run dev` beside a running gateway.
  server: {
    proxy: {
      '/trpc': { target: 'http://127.0.0.1:4000', ws: true },
      '/api': { target: 'http://127.0.0.1:4000' },
    },
  },
});
