import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

// DASHBOARD_API: where the development server sends /api and /ws; the built page asks its own origin.
const api = process.env.DASHBOARD_API ?? 'http://127.0.0.1:8000'
const output = process.env.DASHBOARD_OUT ?? 'dist'

/** A compressed copy beside every file of text, so that servers send it without compressing again. */
const compressed: Plugin = {
  name: 'compressed-copies',
  apply: 'build',
  closeBundle() {
    for (const file of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(html|js|css|svg)$/.test(file)) continue
      const path = join(output, file)
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
    }
  },
}

export default defineConfig({
  base: '/',
  plugins: [compressed],
  build: {
    outDir: output,
    emptyOutDir: true,
    assetsDir: 'static',
    // The content policy is default-src 'self': nothing may become a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    reportCompressedSize: true,
  },
  server: {
    proxy: {
      '/api': api,
      '/ready': api,
      '/ws': { target: api.replace(/^http/, 'ws'), ws: true },
    },
  },
})
