import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Certificate } from '../link.ts'

const PROGRAM = fileURLToPath(new URL('self-signed-process.ts', import.meta.url))
const LIMIT_MS = 30_000

/** For whom a certificate is, and for how long. */
export interface SelfSignedAsk {
  /** DNS names and IP addresses; the first is the subject. Default: those of this machine. */
  readonly names?: readonly string[]
  /** Default: ten years, since nobody is told when it ends. */
  readonly days?: number
}

/**
 * Makes a certificate that no authority has signed, with an EC key (P-256). In a process of its own: what makes it takes
 * 40 MB that a server would hold on to for ever.
 */
export async function makeSelfSigned(ask: SelfSignedAsk = {}): Promise<Certificate> {
  const args = [PROGRAM, JSON.stringify(ask)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS })
  return JSON.parse(stdout)
}
