import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Namespace } from '../lab/network/namespaces.ts'
import { within } from '../support/within.ts'

const PROGRAM = fileURLToPath(new URL('./link-relay-program.ts', import.meta.url))
const START_MS = 20_000

/** What stands between an edge and those who dial it. */
export interface LinkRelay extends AsyncDisposable {
  /** Ends the TCP connections of all links from an address, on both sides, without a word of TLS. */
  cut(how: 'fin' | 'reset', address: string): void
}

/** Starts it beside the edge. @param ports - where it listens, and where the edge does */
export async function startLinkRelay(
  namespace: Namespace,
  ports: { readonly listen: number; readonly edge: number },
): Promise<LinkRelay> {
  const [program = '', ...launch] = namespace.launcher
  const args = [...launch, process.execPath, PROGRAM, `${ports.listen}`, `${ports.edge}`]
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  await within(Promise.race([once(child.stdout, 'data'), closed]), START_MS, 'the relay of links')
  return {
    cut: (how, address) => void child.stdin.write(`${how} ${address}\n`),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await closed
    },
  }
}
