import { isIP } from 'node:net'
import type { OfflineAccess } from '@portolan/console'
import type { WhyFlags } from './access-commands.ts'
import { openAccessStore, readPort } from './access-store.ts'
import { printable } from './client/printable.ts'
import type { Io } from './io.ts'
import { EXIT, UserError } from './user-error.ts'

type Decision = Awaited<ReturnType<OfflineAccess['why']>>

/** What is asked about. */
export interface WhyArguments {
  readonly user: string
  readonly address: string
  readonly port: string
}

/** `portolan access why USER ADDRESS PORT`. */
export async function accessWhy(
  { user, address, port }: WhyArguments,
  flags: WhyFlags,
  io: Io,
): Promise<number> {
  const clientAddress = flags.from ?? '127.0.0.1'
  if (isIP(clientAddress) === 0) throw new UserError(`--from ${clientAddress} is no IP address`)
  const ask = {
    user,
    host: address.replace(/^\[(.*)\]$/, '$1'),
    port: readPort(port, 'port'),
    clientAddress,
    deviceLabels: flags.label ?? [],
    at: readTime(flags.at),
  }
  await using store = await openAccessStore(flags, io)
  const decision = await store.access.why(ask)
  if (flags.json) io.out(JSON.stringify(decision))
  else for (const line of linesOf(decision)) io.out(line)
  return decision.action === 'allow' ? EXIT.ok : EXIT.failed
}

function* linesOf({ action, status, rule, segment, application, because, message, groups }: Decision) {
  yield status ? `${action}  ${status.code}: ${printable(status.text)}` : action
  if (rule) {
    const place = rule.place === undefined ? '' : `rule ${rule.place} of `
    const whose = rule.policy === 'segment' ? 'the segment itself' : `${place}the ${POLICIES[rule.policy]}`
    yield `  rule     ${printable(rule.name)} (${whose})`
  }
  if (segment !== undefined) {
    yield `  segment  ${printable(segment)}${application === undefined ? '' : ` (${printable(application)})`}`
  }
  yield `  groups   ${groups.length === 0 ? 'none' : groups.map(printable).join(', ')}`
  for (const [index, step] of because.entries()) yield `  ${index + 1}. ${printable(step)}`
  if (message !== undefined) yield `  The user is told: ${printable(message)}`
}

const POLICIES = { forwarding: 'client forwarding policy', access: 'access policy' } as const

/** ISO 8601, or now. @throws {UserError} */
function readTime(text: string | undefined): number {
  if (text === undefined) return Date.now()
  const at = Date.parse(text)
  if (Number.isFinite(at) && at >= 0) return at
  throw new UserError(`--at ${text} is no time: write it as 2027-01-04T22:30:00+01:00`)
}
