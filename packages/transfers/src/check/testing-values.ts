import {
  type Site,
  type SiteInput,
  site,
  type Transfer,
  type TransferInput,
  transfer,
  type Zone,
  zone,
} from '../model/index.ts'
import type { Checked } from './problem.ts'

/** A zone for tests, with what matters there. */
export const testZone = (more: Partial<Zone> = {}): Zone =>
  zone.parse({ name: 'dmz', proxy: { kind: 'socks5', host: 'proxy.test', port: 1080 }, ...more })

export const testSite = (more: Partial<SiteInput> = {}): Site =>
  site.parse({ name: 'partner', host: 'ftp.partner.test', ...more })

export const testTransfer = (more: Partial<TransferInput> = {}): Transfer =>
  transfer.parse({ name: 'send', steps: [{ do: 'webhook', url: 'http://127.0.0.1/' }], ...more })

/** What was found, as `path: message`. */
export function found(checked: Checked<unknown>): {
  readonly problems: string[]
  readonly warnings: string[]
} {
  const lines = (findings: readonly { path: string; message: string }[]) =>
    findings.map(({ path, message }) => `${path}: ${message}`)
  return 'problems' in checked
    ? { problems: lines(checked.problems), warnings: [] }
    : { problems: [], warnings: lines(checked.warnings) }
}
