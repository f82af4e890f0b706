import { isIPv6 } from 'node:net'
import type { Because } from '@portolan/channels'
import {
  formatEndpoint,
  formatEpsvReply,
  formatPasvReply,
  parseEprtArgument,
  parseEpsvArgument,
  parsePortArgument,
  parseTypeArgument,
  type Reply,
} from '@portolan/protocol'
import { signed } from '../session/data-plan.ts'
import type { Session } from '../session/session.ts'
import type { Commands } from './command.ts'

/** How data connections are made: RFC 959 section 4.1.2, RFC 2428. */
export const DATA_COMMANDS = {
  PORT: {
    login: 'required',
    argument: 'required',
    syntax: 'PORT <h1,h2,h3,h4,p1,p2>',
    async run(session, { argument }) {
      if (session.data.onlyEpsv) return session.say('data.only-epsv')
      const endpoint = await session.data.dial('PORT', parsePortArgument(argument))
      return session.say('data.active', { verb: 'PORT', endpoint: formatEndpoint(endpoint) })
    },
  },
  EPRT: {
    login: 'required',
    argument: 'required',
    syntax: 'EPRT <|family|address|port|>',
    features: ['EPRT'],
    async run(session, { argument }) {
      if (session.data.onlyEpsv) return session.say('data.only-epsv')
      const endpoint = await session.data.dial('EPRT', parseEprtArgument(argument))
      return session.say('data.active', { verb: 'EPRT', endpoint: formatEndpoint(endpoint) })
    },
  },
  PASV: {
    login: 'required',
    argument: 'none',
    syntax: 'PASV',
    run: passiveReply,
  },
  EPSV: {
    login: 'required',
    argument: 'optional',
    syntax: 'EPSV [1|2|ALL]',
    features: ['EPSV'],
    async run(session, { argument }) {
      const asked = parseEpsvArgument(argument)
      if (asked.kind === 'all') {
        session.data.onlyEpsv = true
        return session.say('data.epsv-all')
      }
      // The client's own: a proxy may take IPv6 in front and speak IPv4 behind.
      const family = isIPv6(session.ends.destination) ? 6 : 4
      if (asked.kind === 'family' && asked.family !== family) {
        return session.say('data.family', { families: family === 6 ? '(2)' : '(1)' })
      }
      const endpoint = await session.data.listen('EPSV', session.ends.destination)
      session.data.tell('passive', endpoint, becauseOfEpsv(session))
      return session.say('data.extended-passive', { text: formatEpsvReply(endpoint.port) })
    },
  },
  TYPE: {
    login: 'required',
    argument: 'required',
    syntax: 'TYPE A|I|L 8',
    run(session, { argument }) {
      const type = parseTypeArgument(argument)
      if (type === 'unsupported') {
        return session.say('command.bad-parameter', { text: 'Supported are TYPE A, TYPE I and TYPE L 8.' })
      }
      if (!type)
        return session.say('command.bad-argument', { text: 'Supported are TYPE A, TYPE I and TYPE L 8.' })
      session.representation = { ...session.representation, type }
      return session.say('setting.type', { type: type === 'ascii' ? 'A' : 'I' })
    },
  },
  STRU: {
    login: 'required',
    argument: 'required',
    syntax: 'STRU F',
    run(session, { argument }) {
      if (/^f$/i.test(argument)) return session.say('setting.structure')
      return /^[rp]$/i.test(argument)
        ? session.say('command.bad-parameter', { text: 'Only STRU F is supported.' })
        : session.say('command.bad-argument', { text: 'STRU takes F.' })
    },
  },
  MODE: {
    login: 'required',
    argument: 'required',
    syntax: 'MODE S|Z',
    features: ['MODE Z'],
    run(session, { argument }) {
      const letter = argument.toUpperCase()
      if (letter === 'S' || letter === 'Z') {
        session.representation = { ...session.representation, mode: letter === 'S' ? 'stream' : 'deflate' }
        return session.say('setting.mode', { mode: letter })
      }
      return letter === 'B' || letter === 'C'
        ? session.say('command.bad-parameter', { text: 'Supported are MODE S and MODE Z.' })
        : session.say('command.bad-argument', { text: 'Supported are MODE S and MODE Z.' })
    },
  },
} as const satisfies Commands

/** PASV: reserves a port and tells it. */
async function passiveReply(session: Session): Promise<Reply> {
  if (session.data.onlyEpsv) return session.say('data.only-epsv')
  // Asked first: without an address to tell, a port would be reserved for nothing.
  const { value: address, because } = await session.data.passiveAddress()
  if (isIPv6(address)) return session.say('data.pasv-ipv6')
  const endpoint = await session.data.listen('PASV', address)
  session.data.tell('passive', endpoint, because)
  return session.say('data.passive', { text: formatPasvReply(endpoint) })
}

function becauseOfEpsv({ ends: { advertised, socket } }: Session): Because {
  const text = 'EPSV names no address: the client uses the one it dialled'
  if (!advertised?.portOffset) return { code: 'epsv', text }
  return {
    code: 'proxy-advertise',
    text: `${text}; the trusted proxy ${socket.peer.address} takes data connections at our own ports ${signed(advertised.portOffset)}`,
  }
}
