import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { type Agent, type AgentEvent, type Interception, startAgent } from '@portolan/gateway'
import type { ClientIo } from './client/client-io.ts'
import type { AgentFlags } from './gateway-commands.ts'
import { credentialsFor } from './gateway-credentials.ts'
import { folderOf, readHostPort, readKey, readListener, readSecretLine } from './gateway-flags.ts'
import { runPart } from './gateway-run.ts'
import { UserError } from './user-error.ts'
import { version } from './version.ts'

/** How long the start waits for the first word of an edge, to show an example, in milliseconds. */
const FIRST_WORD_MS = 5_000
const DEFAULT_SOCKS = '127.0.0.1:1080'

type Listening = Extract<AgentEvent, { type: 'listening' }>
type Definitions = Extract<AgentEvent, { type: 'definitions' }>

/** `portolan agent`. */
export async function runAgent(flags: AgentFlags, io: ClientIo): Promise<number> {
  const invitation = await readKey(flags, io)
  const intercept = await interceptionOf(flags, io)
  const listening: Listening[] = []
  const definitions = Promise.withResolvers<Definitions>()
  return runPart<Agent, AgentEvent>({
    ...{ flags, io },
    start: onEvent =>
      startAgent({
        folder: folderOf('agent', flags, io),
        ...(invitation !== undefined && { invitation }),
        user: flags.user,
        device: flags.device ?? hostname(),
        labels: flags.label ?? [],
        version: version(),
        intercept,
        credentials: credentialsFor(flags, io),
        onEvent(event) {
          if (event.type === 'listening') listening.push(event)
          if (event.type === 'definitions') definitions.resolve(event)
          onEvent(event)
        },
      }),
    async announce({ user }) {
      const known = await firstWord(definitions.promise)
      io.out(
        `agent of ${user}${known ? `, who has ${known.segments} ${known.segments === 1 ? 'segment' : 'segments'}` : ''}`,
      )
      if (!known) io.out('no edge has answered yet; it keeps on dialling')
      for (const line of advice(listening, known?.example, intercept)) io.out(line)
      for (const { how, address } of listening) io.out(`ready agent ${how} ${address}`)
    },
    ended: async ({ signedOut }) => await signedOut,
  })
}

async function firstWord(definitions: Promise<Definitions>): Promise<Definitions | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), FIRST_WORD_MS)
  try {
    return await Promise.race([definitions, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** @throws {UserError} */
async function interceptionOf(flags: AgentFlags, io: ClientIo): Promise<Interception> {
  const { socks, http, listen = [], transparent = false, socksLoginFile } = flags
  const isDefault = http === undefined && listen.length === 0 && !transparent
  const at = socks ?? (isDefault ? DEFAULT_SOCKS : undefined)
  if (at === undefined && socksLoginFile !== undefined)
    throw new UserError('--socks-login-file goes with --socks')
  const login = socksLoginFile === undefined ? undefined : await readLogin(socksLoginFile, io)
  return {
    ...(at !== undefined && {
      socks5: { ...readHostPort(at, '--socks', { lowest: 0 }), ...(login && { login }) },
    }),
    ...(http !== undefined && { http: readHostPort(http, '--http', { lowest: 0 }) }),
    listeners: listen.map(readListener),
    transparent,
  }
}

async function readLogin(file: string, io: ClientIo): Promise<{ user: string; password: string }> {
  const line = await readSecretLine(file, '--socks-login-file', io)
  const [, user, password] = /^([^:]+):(.+)$/.exec(line) ?? []
  if (user !== undefined && password !== undefined) return { user, password }
  throw new UserError(`--socks-login-file ${file}: its first line has to be NAME:PASSWORD`)
}

/** What can be done with it, by the first application that there is. */
function advice(
  listening: readonly Listening[],
  example: { readonly host: string; readonly port: number } | undefined,
  { listeners = [] }: Interception,
): string[] {
  const { host, port } = example ?? { host: 'HOST', port: 21 }
  const url = `ftp://${host.includes(':') ? `[${host}]` : host}${port === 21 ? '' : `:${port}`}/`
  return listening.flatMap(({ how, address }) => {
    if (how === 'socks5') return [`try: curl --socks5-hostname ${address} ${url}`]
    if (how === 'http') return [`try: curl --proxytunnel --proxy http://${address} ${url}`]
    // What is taken by its address has to be asked for by it.
    if (how === 'transparent') return isIP(host) > 0 ? [`try: curl ${url}`] : []
    const target = listeners.find(one => address.endsWith(`:${one.port}`))?.target
    return [`try: curl ftp://${address}/${target ? `, which is ${target.host} port ${target.port}` : ''}`]
  })
}
