import {
  encodeName,
  encodeReply,
  formatProbeAddress,
  formatProbeEcho,
  formatProbeLog,
  formatProbePasv,
  MAX_PROBE_ECHO,
  type ProbeNat,
  parseProbeAddressArgument,
} from '@portolan/protocol'
import { PROBES_PER_MINUTE } from '../policy/probe-limit.ts'
import type { Session } from '../session/session.ts'
import type { Command, Commands } from './command.ts'
import { DATA_COMMANDS } from './data.ts'
import { execute } from './execute.ts'
import { executeSubcommand } from './subcommands.ts'

/**
 * What goes by SITE PROBE. None of it dials anywhere or touches a file: it shows to the client what of their
 * conversation has reached the server, in forms that no middlebox knows how to rewrite.
 */
const PROBE_COMMANDS = {
  ADDR: {
    login: 'required',
    argument: 'optional',
    syntax: 'SITE PROBE ADDR [<encoded address> <encoded port>]',
    run: (session, { argument }) => address(session, argument),
  },
  ECHO: {
    login: 'required',
    argument: 'required',
    syntax: 'SITE PROBE ECHO <anything>',
    /**
     * The bytes of the line as the session knows it: without its end, with telnet sequences taken out and CR NUL read as
     * CR. Every other byte is the one that came, for the decoding of names loses none. A line with NUL is refused, as
     * everywhere.
     */
    run(session, { line }) {
      return encodeName(line).length > MAX_PROBE_ECHO
        ? session.say('command.bad-argument', {
            text: `SITE PROBE ECHO takes ${MAX_PROBE_ECHO} bytes at most.`,
          })
        : formatProbeEcho(line)
    },
  },
  PASV: {
    login: 'required',
    argument: 'none',
    syntax: 'SITE PROBE PASV',
    async run(session, { argument, line }) {
      // By the row of PASV, so that whoever may not use that may not use this.
      const answer = await execute(session, { verb: 'PASV', argument, line }, DATA_COMMANDS.PASV)
      if (answer.code !== 227) return answer
      const { control } = session
      const whole = encodeReply(formatProbePasv(answer))
      control.beginLongReply()
      // A segment of its own: NAT helpers such as Linux's read 227 at the start of a packet only, and this 227 has to
      // meet what every other one meets.
      control.write(whole.subarray(0, whole.indexOf('\r\n') + 2))
      return control.endLongReply(answer)
    },
  },
  LOG: {
    login: 'required',
    argument: 'none',
    syntax: 'SITE PROBE LOG',
    run: session => formatProbeLog(session.data.attempts.describe()),
  },
} as const satisfies Commands

/** SITE PROBE: one row of the table of SITE that leads to the rows above. */
export const PROBE: Command = {
  login: 'required',
  argument: 'required',
  syntax: Object.values(PROBE_COMMANDS)
    .map(({ syntax }) => syntax)
    .join(', or '),
  run(session, call) {
    const wait = session.probes.take(performance.now())
    return wait > 0
      ? session.say('probe.too-many', { count: PROBES_PER_MINUTE, seconds: Math.ceil(wait / 1000) })
      : executeSubcommand(session, call, PROBE_COMMANDS)
  },
}

function address(session: Session, argument: string) {
  const { client, socket, destination, destinationPort } = session.ends
  const claimed = argument === '' ? undefined : parseProbeAddressArgument(argument)
  const local = socket.local
  const proxied = socket.peer.address !== client.address || socket.peer.port !== client.port
  return formatProbeAddress({
    seen: client,
    local,
    ...(proxied && { peer: socket.peer, dialled: { address: destination, port: destinationPort } }),
    ...(claimed && { nat: natOf(claimed.address === client.address, claimed.port === client.port) }),
  })
}

function natOf(sameAddress: boolean, samePort: boolean): ProbeNat {
  if (sameAddress) return samePort ? 'none' : 'port'
  return samePort ? 'address' : 'both'
}
