import type { Transfer } from '@portolan/console/contract'
import { rateText } from '../../format/format.ts'

/** How fast a transfer was; empty when it was too short to tell. */
export function speedText({ bytes, ms }: Pick<Transfer, 'bytes' | 'ms'>): string {
  return bytes === 0 || ms < 20 ? '' : rateText((bytes * 1000) / ms)
}

/** `passive mode`, `active mode`, or the web client, which has none. */
export const modeText = (mode: string): string =>
  mode === 'web' ? 'web console' : mode === '' ? '' : `${mode} mode`

/** How the data connection was protected. */
export const tlsText = (tls: string): string => (tls === '' || tls === 'none' ? 'not encrypted' : tls)
