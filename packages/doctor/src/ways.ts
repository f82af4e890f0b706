import type { Mode } from '@portolan/client'
import type { ActiveEvidence, Evidence, PassiveEvidence } from './evidence.ts'

/** A way by which data has moved. */
export type Way =
  | { readonly rung: 'EPSV' | 'PASV'; readonly address: 'control' | 'advertised' }
  | { readonly rung: 'EPRT' | 'PORT' }

/** The ways by which data has moved, the best first for a mode. */
export function provedWays({ epsv, pasv, eprt, port }: Evidence, mode: Mode): readonly Way[] {
  const passive = [...passiveWay(epsv), ...passiveWay(pasv)]
  const active = [...activeWay(eprt), ...activeWay(port)]
  return mode === 'active' ? [...active, ...passive] : [...passive, ...active]
}

/** Whether the client would take a way in this mode. */
export function fitsMode(way: Way, mode: Mode): boolean {
  return mode === 'auto' || mode === ('address' in way ? 'passive' : 'active')
}

/** The way that one step has proved, if it has. */
export function passiveWay(evidence: PassiveEvidence | undefined): readonly Way[] {
  if (evidence?.outcome !== 'moved') return []
  const { command: rung, candidates } = evidence
  const stood = candidates.find(({ connect }) => connect?.outcome === 'connected')
  return stood ? [{ rung, address: stood.kind }] : []
}

/** The way that one step has proved, if it has. */
export function activeWay(evidence: ActiveEvidence | undefined): readonly Way[] {
  return evidence?.outcome === 'moved' ? [{ rung: evidence.command }] : []
}
