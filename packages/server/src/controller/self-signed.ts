import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Certificate } from '../link.ts'

const PROGRAM = fileURLToPath(new URL('self-signed-process.ts', import.meta.url))
const LIMIT_MS = 30_000

/**
 * Makes a certificate for this machine's names and addresses that no authority has signed. In a process of its own:
 * what makes it takes 40 MB that a server would hold on to for ever.
 */
export async function makeSelfSigned(): Promise<Certificate> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], { timeout: LIMIT_MS })
  return JSON.parse(stdout)
}
