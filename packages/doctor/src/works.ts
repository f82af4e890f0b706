import type { Rung, TlsMode, TlsOptions } from '@portolan/client'
import { isAddress } from '@portolan/protocol'
import type { Facts } from './rules/facts.ts'
import { activeWay, fitsMode, passiveWay, provedWays, type Way } from './ways.ts'

/** A combination of settings that has moved data. */
export interface Works {
  readonly tls: TlsMode
  readonly mode: 'passive' | 'active'
  readonly rung: Rung
  readonly host: string
  readonly port: number
  readonly user: string
  /** The one address of the name to dial, where others of it do not answer. */
  readonly address?: string
  /** Which address of PASV has to be dialled. */
  readonly pasvAddress: 'control' | 'server'
  /** Whether EPSV may be tried first: not where it leads nowhere. */
  readonly epsv: boolean
  /** Active mode: what was announced, where that was set. */
  readonly externalAddress?: string
  readonly activePorts?: { readonly basePort: number; readonly numberOfPorts: number }
  /** How the certificate was accepted. */
  readonly trust: 'verified' | 'own-authority' | 'pinned' | 'anybody'
  /** SHA-256 of the certificate, to pin. */
  readonly fingerprint?: string
  /** Ends of data connections without close_notify have to be believed. */
  readonly believeEnd: boolean
  /** Seconds between signs of life on the control connection. */
  readonly keepAlive?: number
  /** Whether the options that were given lead to this by themselves. */
  readonly asAsked: boolean
}

/** The best combination that has moved data; undefined when none has. */
export function worksOf(facts: Facts): Works | undefined {
  const { options, evidence } = facts
  const [way] = provedWays(evidence, options.mode)
  if (way) return combine(facts, way, options.tls, isAsAsked(facts, way))
  const other = evidence['other-way']
  const [otherWay] = [...passiveWay(other?.epsv), ...passiveWay(other?.pasv), ...activeWay(other?.port)]
  if (!other || !otherWay) return undefined
  return combine(facts, otherWay, other.channel === 'tls' ? 'explicit' : 'off', false)
}

function isAsAsked({ options }: Facts, way: Way): boolean {
  if (!fitsMode(way, options.mode)) return false
  if (!('address' in way) || way.address === 'control') return true
  return options.pasvAddress === 'server' || options.pasvAddress === 'auto'
}

function combine({ options, evidence }: Facts, way: Way, tls: TlsMode, asAsked: boolean): Works {
  const { host, port, user, tlsOptions, externalAddress, activePorts } = options
  const { connect, tls: control, closing, epsv } = evidence
  const passive = 'address' in way
  const partly = connect?.addresses.some(one => one.connect.outcome !== 'connected') === true
  const fingerprint = control?.certificate?.fingerprint256
  const dialled = isAddress(connect?.host) ? undefined : connect?.used
  return {
    tls,
    mode: passive ? 'passive' : 'active',
    rung: way.rung,
    host: connect?.host ?? host,
    port,
    user,
    ...(partly && dialled !== undefined && { address: dialled }),
    pasvAddress: passive && way.address === 'advertised' ? 'server' : 'control',
    epsv: epsv === undefined || epsv.outcome === 'moved',
    ...(!passive && externalAddress !== undefined && { externalAddress }),
    ...(!passive &&
      activePorts && { activePorts: { basePort: activePorts.base, numberOfPorts: activePorts.count } }),
    trust: trustOf(tlsOptions, control?.problem !== undefined),
    ...(fingerprint !== undefined && { fingerprint }),
    believeEnd: (closing?.truncated ?? 0) > 0,
    ...keepAlive(evidence.idle),
    asAsked,
  }
}

function trustOf({ pins = [], ca }: TlsOptions, hasProblem: boolean): Works['trust'] {
  if (pins.length > 0) return 'pinned'
  if (hasProblem) return 'anybody'
  return ca === undefined ? 'verified' : 'own-authority'
}

function keepAlive(idle: Facts['evidence']['idle']): { keepAlive?: number } {
  const lost = idle?.probes.some(({ keep, outcome }) => keep === 'none' && outcome !== 'alive')
  return lost ? { keepAlive: 30 } : {}
}
