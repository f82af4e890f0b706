import { addressFamily } from '@portolan/protocol'
import type { Rung } from '../errors.ts'
import type { HostFacts } from '../host-memory.ts'
import type { ResolvedOptions } from '../options.ts'

const PASSIVE: readonly Rung[] = ['EPSV', 'PASV']
const ACTIVE: readonly Rung[] = ['EPRT', 'PORT']

/**
 * The rungs to try, in order: EPSV, PASV, EPRT, PORT as far as the mode allows. What moved data last goes first; what the
 * server has refused is left out, unless nothing else would be left.
 *
 * @param peer - the server's address on the control connection
 */
export function rungsToTry(options: ResolvedOptions, facts: HostFacts, peer: string): readonly Rung[] {
  const { mode, epsv, pasvAddress } = options
  const base = mode === 'passive' ? PASSIVE : mode === 'active' ? ACTIVE : [...PASSIVE, ...ACTIVE]
  const ipv4 = addressFamily(peer) === 4
  // PASV and PORT can tell IPv4 addresses only.
  const possible = base.filter(rung => (ipv4 ? epsv || rung !== 'EPSV' : rung === 'EPSV' || rung === 'EPRT'))
  // Only PASV has an address of the server's choice.
  const ordered = pasvAddress === 'server' && ipv4 ? moveFirst(possible, 'PASV') : possible
  const open = ordered.filter(rung => !facts.refused.has(rung))
  const rungs = open.length > 0 ? open : ordered
  return facts.rung ? moveFirst(rungs, facts.rung) : rungs
}

function moveFirst(rungs: readonly Rung[], first: Rung): readonly Rung[] {
  return rungs.includes(first) ? [first, ...rungs.filter(rung => rung !== first)] : rungs
}

/** Whether data connections of this rung are dialled by us. */
export function isPassive(rung: Rung): rung is 'EPSV' | 'PASV' {
  return rung === 'EPSV' || rung === 'PASV'
}
