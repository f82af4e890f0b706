import type { AddressClass } from '@portolan/channels'
import type { ResolvedOptions } from '@portolan/client'
import type { ActiveEvidence, Channel, Connect, Evidence, PassiveEvidence } from '../evidence.ts'
import type { Severity, Verdict } from './verdict.ts'

/** What the rules judge: what was asked for, and what was found. */
export interface Facts {
  readonly options: ResolvedOptions
  readonly evidence: Evidence
}

/** One family of rules: pure, from facts to verdicts. */
export type Rule = (facts: Facts) => readonly Verdict[]

/** The way of the first session. */
export function mainChannel({ options }: Facts): Channel {
  return options.tls === 'off' ? 'clear' : 'tls'
}

/** What passive mode showed in the clear or under TLS, whichever session that was. */
export function passiveOn(
  facts: Facts,
  channel: Channel,
): { readonly epsv?: PassiveEvidence | undefined; readonly pasv?: PassiveEvidence | undefined } {
  const { evidence } = facts
  if (channel === mainChannel(facts)) return { epsv: evidence.epsv, pasv: evidence.pasv }
  const other = evidence['other-way']
  return other?.channel === channel ? { epsv: other.epsv, pasv: other.pasv } : {}
}

/** What PORT showed in the clear or under TLS. */
export function portOn(facts: Facts, channel: Channel): ActiveEvidence | undefined {
  const { evidence } = facts
  if (channel === mainChannel(facts)) return evidence.port
  const other = evidence['other-way']
  return other?.channel === channel ? other.port : undefined
}

/** A passive port that was dialled at the address of the control connection. */
export interface PortTry {
  readonly command: 'EPSV' | 'PASV'
  readonly port: number
  readonly connect: Connect
}

/** All of them, of the first way. */
export function portTries({ evidence }: Facts): readonly PortTry[] {
  const { epsv, pasv, ports } = evidence
  const single = [epsv, pasv].flatMap(one =>
    (one?.candidates ?? []).flatMap(({ kind, endpoint, connect }) =>
      one && kind === 'control' && connect ? [{ command: one.command, port: endpoint.port, connect }] : [],
    ),
  )
  return [...single, ...(ports?.tries ?? [])]
}

export function connected({ connect }: { readonly connect?: Connect | undefined }): boolean {
  return connect?.outcome === 'connected'
}

/** Whether passive mode has moved anything by the first way. */
export function passiveMoved({ evidence: { epsv, pasv } }: Facts): boolean {
  return epsv?.outcome === 'moved' || pasv?.outcome === 'moved'
}

/** How bad it is that passive mode does not work by the first way. */
export function passiveSeverity(facts: Facts): Severity {
  const { mode } = facts.options
  if (mode === 'active') return 'note'
  return passiveMoved(facts) ? 'warning' : 'error'
}

/** How bad it is that active mode does not work. */
export function activeSeverity(facts: Facts): Severity {
  const { mode } = facts.options
  if (mode === 'active') return 'error'
  return mode === 'auto' && !passiveMoved(facts) ? 'error' : 'note'
}

/** Something that carries the control connection is good for something, whatever the registries say of it. */
export function peerReach(peerClass: AddressClass): AddressClass {
  return peerClass === 'unusable' ? 'global' : peerClass
}

/** Ports as a sentence names them: `50003, 50007 and 50011`. */
export function listed(values: readonly (string | number)[]): string {
  const texts = [...new Set(values)].map(String)
  if (texts.length <= 1) return texts.join('')
  return `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
}

/** The lowest and highest of the ports: `50003 to 50017`. */
export function span(ports: readonly number[]): string {
  const low = Math.min(...ports)
  const high = Math.max(...ports)
  return low === high ? `${low}` : `${low} to ${high}`
}

/** `2 seconds`, `350 ms`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 100) / 10
  return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`
}

/** What a server said, to be quoted within a sentence. */
export function quote(said: string | undefined): string {
  return (said ?? '').trim().replace(/\.$/, '')
}

/** What a server said, as the end of a sentence. */
export function sentence(said: string | undefined): string {
  const text = (said ?? '').trim()
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`
}
