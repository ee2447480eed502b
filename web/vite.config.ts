import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { elements } from './elements.plugin'
import { rules } from './rules.plugin'

// WEB_OUT is where CMake wants the result; TENON_SERVER is what `npm run dev` talks to.
export default defineConfig({
  plugins: [vue(), rules(), elements()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: process.env.WEB_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // No picture or font may become a data: URL: the content policy and the budgets stay simple.
    assetsInlineLimit: 0,
    // Three files instead of forty before the first list (budget: 12 requests): one style sheet, what every page stands on, and
    // what staff see first. The rest comes page by page.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'base',
              test: /src\/(main|router|session|api|ui|format)\b|src\/i18n\/t\.|node_modules\/(vue|@vue|vue-router|@tanstack\/(vue-query|query-core))\//,
              priority: 2
            },
            { name: 'staff', test: /src\/(shell|pages\/(list|home))\//, priority: 1 }
          ]
        }
      }
    }
  },
  server: {
    proxy: { '/api': process.env.TENON_SERVER ?? 'http://127.0.0.1:8080' }
  },
  // A limit ends what hangs, not what is slow on a busy machine.
  test: { environment: 'happy-dom', testTimeout: 60_000, hookTimeout: 60_000, include: ['src/**/*.test.ts', 'tests/unit/**/*.test.ts'] }
} as Parameters<typeof defineConfig>[0])
