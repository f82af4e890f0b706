import {
  formatEndpoint,
  formatFeat,
  formatMlstFeature,
  formatOptsMlstReply,
  HASH_ALGORITHMS,
  parseHashAlgorithm,
  parseOptsArgument,
  parseOptsMlst,
  reply,
} from '@portolan/protocol'
import type { Session } from '../session/session.ts'
import { mlstFacts } from '../transfer/listing.ts'
import type { Command, Commands } from './command.ts'

/** About the server and the session: RFC 959 section 4.1.3, RFC 2389, RFC 2640. */
export const metaCommands = (table: () => Commands) =>
  ({
    SYST: { login: 'any', argument: 'none', syntax: 'SYST', run: session => session.say('meta.system') },
    NOOP: {
      login: 'any',
      argument: 'optional',
      syntax: 'NOOP',
      duringTransfer: 'now',
      run: session => session.say('meta.noop'),
    },
    FEAT: {
      login: 'any',
      argument: 'none',
      syntax: 'FEAT',
      run: session => formatFeat(featuresOf(session, table())),
    },
    HELP: {
      login: 'any',
      argument: 'optional',
      syntax: 'HELP [command]',
      run: (session, { argument }) => help(session, table(), argument),
    },
    OPTS: {
      login: 'any',
      argument: 'required',
      syntax: 'OPTS <command> [options]',
      run: (session, { argument }) => options(session, argument),
    },
    LANG: {
      login: 'any',
      argument: 'optional',
      syntax: 'LANG [EN]',
      features: ['LANG EN*'],
      run: (session, { argument }) =>
        argument === '' || /^en(-[a-z0-9]+)*$/i.test(argument)
          ? session.say('setting.language')
          : session.say('command.bad-parameter', { text: 'Replies are in English only.' }),
    },
    CLNT: {
      login: 'any',
      argument: 'required',
      syntax: 'CLNT <name>',
      features: ['CLNT'],
      run(session, { argument }) {
        session.client.name = argument.slice(0, 200)
        return session.say('meta.noted')
      },
    },
    CSID: {
      login: 'any',
      argument: 'required',
      syntax: 'CSID Name=<name>; Version=<version>;',
      features: ['CSID'],
      run(session, { argument }) {
        session.client.name = argument.slice(0, 200)
        return reply(200, `Name=${session.context.settings.server.name}; CaseSensitive=1; DirSep=/;`)
      },
    },
  }) as const satisfies Commands

/** What FEAT shows besides the lines of the rows: RFC 2640, and RFC 3659 sections 6 and 7. */
function featuresOf(session: Session, table: Commands): string[] {
  const lines = Object.values(table).flatMap((row: Command) => {
    const { features } = row
    return typeof features === 'function' ? features(session) : (features ?? [])
  })
  return [...lines, 'TVFS', 'UTF8', formatMlstFeature(mlstFacts(session))]
}

function help(session: Session, table: Commands, argument: string) {
  if (argument === '') {
    const rows: string[] = []
    const names = Object.keys(table).sort()
    for (let at = 0; at < names.length; at += 10) {
      rows.push(
        ` ${names
          .slice(at, at + 10)
          .map(name => name.padEnd(8))
          .join('')
          .trimEnd()}`,
      )
    }
    return reply(214, 'These commands are answered:', ...rows, 'HELP <command> shows the syntax of one.')
  }
  const verb = argument.toUpperCase()
  const row = Object.hasOwn(table, verb) ? table[verb] : undefined
  return row ? reply(214, `Syntax: ${row.syntax}`) : session.say('meta.unknown-topic', { verb })
}

function options(session: Session, argument: string) {
  const { option, value: rest } = parseOptsArgument(argument)
  switch (option) {
    case 'UTF8':
    case 'UTF-8':
      return /^(on|nlst)?$/i.test(rest)
        ? session.say('setting.utf8')
        : session.say('command.bad-parameter', {
            text: 'UTF-8 cannot be switched off; undecodable names keep their bytes.',
          })
    case 'MLST': {
      session.client.mlstFacts = new Set(parseOptsMlst(rest))
      return session.say('setting.opts', { text: formatOptsMlstReply(mlstFacts(session)) })
    }
    case 'HASH':
      return chooseHash(session, rest)
    case 'MODE':
      return deflateOptions(session, rest)
    default:
      return session.say('command.bad-argument', { text: 'OPTS is known for UTF8, MLST, HASH and MODE Z.' })
  }
}

function chooseHash(session: Session, name: string) {
  if (name === '') return session.say('setting.opts', { text: session.client.hash ?? 'SHA-256' })
  const algorithm = parseHashAlgorithm(name)
  if (!algorithm)
    return session.say('command.bad-parameter', { text: `HASH knows ${HASH_ALGORITHMS.join(', ')}.` })
  session.client.hash = algorithm
  return session.say('setting.opts', { text: algorithm })
}

/** draft-preston-ftpext-deflate section 4: `OPTS MODE Z LEVEL n`. */
function deflateOptions(session: Session, rest: string) {
  const level = /^Z(?: LEVEL ([1-9]))?$/i.exec(rest)
  if (!level) return session.say('command.bad-argument', { text: 'Syntax: OPTS MODE Z LEVEL <1-9>' })
  if (level[1]) session.representation = { ...session.representation, deflateLevel: Number(level[1]) }
  return session.say('setting.opts', { text: `MODE Z LEVEL is ${session.representation.deflateLevel}.` })
}

/** STAT without an argument: the server, the session, and a transfer that runs. */
export function serverStatus(session: Session) {
  const { settings } = session.context
  const { client, local } = session.ends
  const { type, mode } = session.representation
  const { transfer, account } = session
  const lines = [
    ` Connected from ${formatEndpoint(client)} to ${local}, listener ${session.listener}.`,
    account ? ` Logged in as ${account.user}, user class ${account.userClass}.` : ' Not logged in.',
    ` Control connection ${session.secured ? 'under TLS' : 'in the clear'}; data connections ${session.data.protected ? 'under TLS' : 'in the clear'}.`,
    ` TYPE ${type === 'ascii' ? 'A' : 'I'}, MODE ${mode === 'stream' ? 'S' : 'Z'}, STRU F.`,
  ]
  if (transfer) {
    const of = transfer.total === undefined ? '' : ` of ${transfer.total}`
    lines.push(` ${transfer.command} ${transfer.path}: ${transfer.bytes}${of} bytes so far.`)
  } else {
    lines.push(session.data.agreed ? ' A data connection is agreed on.' : ' No data connection.')
  }
  return reply(211, `${settings.server.name} status:`, ...lines, 'End of status.')
}
