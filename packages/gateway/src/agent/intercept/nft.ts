import { spawn } from 'node:child_process'
import { GatewayError } from '../../errors.ts'
import { OWN_MARK } from '../direct.ts'
import { LOWEST_DATA_PORT } from '../encrypted-controls.ts'
import { formatAddress, type Redirect, type RedirectPlan } from './redirect-plan.ts'

/** The table of the agent, one for IPv4 and one for IPv6. */
const TABLE = 'portolan_agent'
/** How long `nft` may take, in milliseconds. */
const NFT_MS = 10_000
/** The most that is kept of what it says. */
const MAX_SAID = 4_096

/** Families that this machine has. */
export type Families = readonly (4 | 6)[]

const NAMES = {
  4: { family: 'ip', address: 'ipv4_addr', daddr: 'ip daddr' },
  6: { family: 'ip6', address: 'ipv6_addr', daddr: 'ip6 daddr' },
} as const

/** An address and port that go to the agent for some seconds. */
export interface ExpectedElement {
  readonly family: 4 | 6
  readonly address: string
  readonly port: number
  readonly seconds: number
}

/** A server whose data connections go to the agent. */
export interface EncryptedElement {
  readonly family: 4 | 6
  readonly address: string
}

/**
 * The rules of all families as one change, which counts as a whole or not at all: connections of this machine to what is forwarded go to
 * the agent's port, its own, which are marked, do not.
 */
export function formatRules(
  plan: RedirectPlan,
  port: number,
  families: Families,
  expected: readonly ExpectedElement[],
  encrypted: readonly EncryptedElement[] = [],
): string {
  const rules = families.map(family => formatFamily(family, plan[family], port))
  const servers = encrypted.map(element => formatEncrypted(element, true))
  return [...rules, ...expected.map(formatExpected), ...servers].join('')
}

function formatFamily(family: 4 | 6, redirects: readonly Redirect[], port: number): string {
  const { family: name, address, daddr } = NAMES[family]
  const sets = redirects.map(({ addresses }, index) => {
    const elements = addresses.map(({ first, last }) =>
      first === last
        ? formatAddress(family, first)
        : `${formatAddress(family, first)}-${formatAddress(family, last)}`,
    )
    return `set applications${index} { type ${address}; flags interval; elements = { ${elements.join(', ')} }; }`
  })
  const rules = redirects.map(({ ports }, index) => {
    const ranges = ports.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`))
    return `${daddr} @applications${index} tcp dport { ${ranges.join(', ')} } redirect to :${port}`
  })
  const lines = [
    ...sets,
    `set expected { type ${address} . inet_service; flags timeout; size 65535; }`,
    `set encrypted { type ${address}; size 65535; }`,
    'chain output {',
    'type nat hook output priority -100; policy accept;',
    `meta mark 0x${OWN_MARK.toString(16)} accept`,
    `${daddr} . tcp dport @expected redirect to :${port}`,
    ...rules,
    `${daddr} @encrypted tcp dport ${LOWEST_DATA_PORT}-65535 redirect to :${port}`,
    '}',
  ]
  // To add it first makes it there to be deleted.
  return `table ${name} ${TABLE}\ndelete table ${name} ${TABLE}\ntable ${name} ${TABLE} {\n${lines.join('\n')}\n}\n`
}

/** Takes the rules away, also those that an agent has left that was killed. */
export function formatRemoval(families: Families): string {
  return families
    .map(family => `table ${NAMES[family].family} ${TABLE}\ndelete table ${NAMES[family].family} ${TABLE}\n`)
    .join('')
}

/** Has one address and port redirected for some seconds. */
export function formatExpected({ family, address, port, seconds }: ExpectedElement): string {
  const element = `${address} . ${port} timeout ${Math.max(1, Math.ceil(seconds))}s`
  return `add element ${NAMES[family].family} ${TABLE} expected { ${element} }\n`
}

/** Has data connections to a server redirected, or no longer. */
export function formatEncrypted({ family, address }: EncryptedElement, isEncrypted: boolean): string {
  const element = `element ${NAMES[family].family} ${TABLE} encrypted { ${address} }\n`
  // To add it first makes it there to be deleted.
  return isEncrypted ? `add ${element}` : `add ${element}delete ${element}`
}

/**
 * Gives commands to `nft`.
 * @throws {GatewayError} `GATEWAY_INTERCEPT` that says what to do
 */
export async function runNft(commands: string): Promise<void> {
  const child = spawn('nft', ['-f', '-'], {
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: NFT_MS,
    // Users' own PATH may leave out where the programs of administrators are.
    env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, MAX_SAID)
  })
  child.stdin.on('error', () => {})
  child.stdin.end(commands)
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject).once('close', resolve)
  const code = await promise.catch((cause: unknown) => {
    const text =
      'Transparent interception needs the program nft (package nftables), which cannot be started here. Install it, or use SOCKS 5.'
    throw new GatewayError('GATEWAY_INTERCEPT', text, { cause })
  })
  if (code === 0) return
  if (/not permitted|must be root/i.test(said)) throw notAllowed()
  throw new GatewayError('GATEWAY_INTERCEPT', `nft did not take the rules: ${said.trim().split('\n')[0]}`)
}

export const notAllowed = () =>
  new GatewayError(
    'GATEWAY_INTERCEPT',
    'Transparent interception needs the right to administer the network (CAP_NET_ADMIN): run it as root, or with setpriv or systemd (AmbientCapabilities=CAP_NET_ADMIN). Without it, use SOCKS 5.',
  )
