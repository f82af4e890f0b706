import type { PlanAsk, PlanField, PlanListener, SectionName } from '@portolan/doctor'
import type { Command } from 'commander'
import { parseHostPort, parsePorts } from './flag-values.ts'
import { UserError } from './user-error.ts'

/** The flags of `portolan plan`, as texts. */
export interface PlanFlags {
  readonly clients: string
  readonly perClient: string
  readonly sameAddress?: string
  readonly exclusive?: boolean
  readonly transferSeconds?: string
  readonly workers?: string
  readonly basePort?: string
  readonly listener?: readonly string[]
  readonly nat?: string
  readonly server?: string
  readonly balancer?: string
  readonly active?: string
  readonly only?: string
  readonly json?: boolean
}

const collect = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value]

/** Puts the flags of `plan` on a command. */
export function addPlanFlags(command: Command): Command {
  return command
    .requiredOption('--clients <n>', 'client machines at once')
    .requiredOption('--per-client <m>', 'transfers at once of each')
    .option('--same-address <k>', 'clients that share one address, such as an office behind NAT (default: 1)')
    .option('--exclusive', 'plan for a server that gives each session a port of its own, as most others do')
    .option('--transfer-seconds <s>', 'mean length of a transfer; counts with --exclusive (default: 15)')
    .option('--workers <n>', 'worker processes of Portolan, which divide the ports (default: 4)')
    .option('--base-port <port>', 'first passive port (default: 61000, or where the range fits)')
    .option(
      '--listener <host:port[:explicit|implicit]>',
      'where control connections are accepted; may be repeated (default: 0.0.0.0:21)',
      collect,
    )
    .option('--nat <address>', 'address that clients dial, when the server stands behind NAT')
    .option('--server <address>', "the server's own address: adds the rules of the gateway with --nat")
    .option('--balancer <address>', 'address from which a load balancer with PROXY protocol connects')
    .option('--active <base:count>', 'source ports of active data connections')
    .option('--only <sections>', 'these sections alone, with commas; of a single one, its bare text')
    .option('--json', 'the plan as one JSON object')
}

/** The question that the flags ask. @throws {UserError} for a flag that cannot be read */
export function askOf(flags: PlanFlags): PlanAsk {
  const number = (text: string | undefined) => (text === undefined ? undefined : wholeNumber(text))
  return {
    clients: wholeNumber(flags.clients),
    perClient: wholeNumber(flags.perClient),
    sameAddress: number(flags.sameAddress),
    exclusive: flags.exclusive,
    transferSeconds: number(flags.transferSeconds),
    workers: number(flags.workers),
    basePort: number(flags.basePort),
    listeners: flags.listener?.map(parseListener),
    nat: flags.nat,
    server: flags.server,
    balancer: flags.balancer,
    active: flags.active === undefined ? undefined : parseActive(flags.active),
  }
}

/** What was written for a part of the question, and under which flag. */
export function flagOf(field: PlanField, flags: PlanFlags): { flag: string; given: string | undefined } {
  const given = flags[field]
  return {
    flag: `--${field.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`,
    given: typeof given === 'string' ? given : given?.join(' '),
  }
}

/**
 * The sections that `--only` picks, in the order of the plan.
 * @throws {UserError} for a name that is none
 */
export function parseOnly(text: string, known: readonly SectionName[]): SectionName[] {
  const names = text.split(',').map(name => name.trim())
  for (const name of names) {
    if (known.some(one => one === name)) continue
    throw new UserError(`--only must be among ${known.join(', ')}, and not ${JSON.stringify(name)}`)
  }
  return known.filter(one => names.includes(one))
}

/** What is no whole number is left to the plan, which knows what is allowed. */
function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}

function parseListener(text: string): PlanListener {
  const [, place = text, tls = 'explicit'] = /^(.*):(explicit|implicit)$/.exec(text) ?? []
  const parsed = parseHostPort(place)
  if ('value' in parsed) return { ...parsed.value, tls: tls === 'implicit' ? 'implicit' : 'explicit' }
  throw new UserError(
    `--listener must be HOST:PORT, HOST:PORT:explicit or HOST:PORT:implicit, such as 0.0.0.0:990:implicit, and not ${JSON.stringify(text)}`,
  )
}

function parseActive(text: string): { basePort: number; numberOfPorts: number } {
  const parsed = parsePorts(text)
  if ('value' in parsed) return parsed.value
  throw new UserError(`--active ${parsed.wrong}, and not ${JSON.stringify(text)}`)
}
