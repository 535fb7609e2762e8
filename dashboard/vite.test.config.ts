import { readdirSync } from 'node:fs'
import { defineConfig } from 'vite'

// Bundles every *.test.ts for Node's own test runner; no test framework is needed beside it.
export default defineConfig({
  logLevel: 'warn',
  build: {
    ssr: true,
    outDir: process.env.DASHBOARD_TEST_OUT ?? 'target/test-js',
    emptyOutDir: true,
    target: 'node20',
    rollupOptions: {
      input: Object.fromEntries(
        readdirSync('src', { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.test.ts'))
          .map((file) => [file.replace(/\.ts$/, ''), `src/${file}`]),
      ),
    },
  },
})
