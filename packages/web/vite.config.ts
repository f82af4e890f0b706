import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** `PORTOLAN_API` is where a running node listens, for `vite` as a development server. */
const api = process.env.PORTOLAN_API ?? 'http://127.0.0.1:8021'

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2023', chunkSizeWarningLimit: 600 },
  server: { host: '127.0.0.1', proxy: { '/api': api } },
})
