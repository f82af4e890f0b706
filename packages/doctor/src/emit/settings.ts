import type { Facts } from '../rules/facts.ts'
import type { Works } from '../works.ts'
import { curl } from './curl.ts'
import { lftp } from './lftp.ts'
import { portolan } from './portolan.ts'
import { winscp } from './winscp.ts'

/** How to set the combination that works, ready to paste: a command line, or lines of a script. No password is in them. */
export interface Settings {
  readonly portolan: string
  readonly winscp: string
  readonly lftp: string
  readonly curl: string
}

export function emitSettings({ options }: Facts, works: Works): Settings {
  const proxy = options.proxy && {
    kind: options.proxy.kind,
    host: options.proxy.host,
    port: options.proxy.port,
  }
  const emitted = { works, ...(proxy && { proxy }) }
  return { portolan: portolan(emitted), winscp: winscp(emitted), lftp: lftp(emitted), curl: curl(emitted) }
}

/** What settings are written from. */
export interface Emitted {
  readonly works: Works
  /** Without its login. */
  readonly proxy?: { readonly kind: string; readonly host: string; readonly port: number }
}
