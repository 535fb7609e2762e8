import { defineConfig } from 'vite'

// DASHBOARD_API: where the development server sends /api and /ws; the built page asks its own origin.
const api = process.env.DASHBOARD_API ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: '/',
  build: {
    outDir: process.env.DASHBOARD_OUT ?? 'dist',
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
