import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compress } from './build/compress.ts'

/** `PORTOLAN_API` is where a running node listens, for `vite` as a development server. */
const api = process.env.PORTOLAN_API ?? 'http://127.0.0.1:8021'

/** What changes with a release of a library and not with one of the console: a browser keeps it. */
const VENDORS = [
  { name: 'react', test: /node_modules\/(?:react|react-dom|scheduler)\// },
  { name: 'tanstack', test: /node_modules\/@tanstack\// },
]

export default defineConfig({
  plugins: [react(), compress()],
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 600,
    reportCompressedSize: false,
    // Everything is a file of its own: the content security policy allows no data: scripts and no inline ones.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: VENDORS } } },
  },
  server: { host: '127.0.0.1', proxy: { '/api': api } },
})
