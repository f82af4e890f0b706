import type { ChannelErrorCode } from '@portolan/channels'
import { causeOfBounce, causeOfDial } from './active.ts'
import type { Cause, DataFailure, FailureContext } from './failure.ts'
import { causeOfClearData, causeOfHandshake, causeOfMissingReuse } from './tls.ts'

/** Refusals that are told as failures of data connections, by their reply. */
type RefusalCode = 'REPLY_425' | 'REPLY_502' | 'REPLY_521' | 'REPLY_522'

type Rule = (failure: DataFailure, context: FailureContext) => Cause

/** What each code means. That nobody came is not here: it takes all failures together, see `passive.ts`. */
const RULES: Readonly<Record<Exclude<ChannelErrorCode, 'CHANNEL_ACCEPT_TIMEOUT'> | RefusalCode, Rule>> = {
  CHANNEL_NO_PORT: noFreePort,
  CHANNEL_LISTEN: () => ({
    code: 'PORTS_REFUSED_BY_SYSTEM',
    title: 'The system refuses the passive ports',
    cause:
      'This machine does not let the server listen on ports of the passive range: other programs have them, or the right is missing.',
    advice: [
      'Look under Ports which ones are refused and why.',
      'Move the range with passive.basePort, to where nothing else listens and above 1023.',
      'Keep the range out of the ports that the system gives to outgoing connections (net.ipv4.ip_local_reserved_ports).',
    ],
  }),
  CHANNEL_ADDRESS: ({ text }) =>
    /IPv6/.test(text)
      ? {
          code: 'PASV_NEEDS_IPV4',
          title: 'PASV was asked for over IPv6',
          cause: 'PASV has room for an IPv4 address only, and the one to tell is IPv6.',
          advice: [
            'Let the client use EPSV; every client that speaks IPv6 can.',
            'Or add a rule to passive.addressRules with an IPv4 address of this server.',
          ],
        }
      : {
          code: 'ADDRESS_UNKNOWN',
          title: 'The address to tell clients cannot be found',
          cause: 'A rule of passive.addressRules has a DNS name, and the name has no address now.',
          advice: [
            'Correct the name in passive.addressRules, or the DNS.',
            'A rule with the address itself does not depend on the DNS.',
          ],
        },
  CHANNEL_DIAL: causeOfDial,
  CHANNEL_BOUNCE: causeOfBounce,
  CHANNEL_TLS_HANDSHAKE: causeOfHandshake,
  CHANNEL_REPLACED: () => ({
    code: 'REPLACED',
    title: 'Data connections were given up for newer ones',
    cause:
      'The client asked for another data connection before it used this one, the session ended, or new settings moved the ports.',
    advice: ['Nothing to do, unless it is frequent: then look at the dialogue of such a session.'],
  }),
  CHANNEL_ABORTED: () => ({
    code: 'BROKEN_ENDED',
    title: 'Transfers were ended on purpose',
    cause:
      'The client gave the transfer up, or an administrator ended the session, before the data connection stood.',
    advice: [
      'When clients give up after a few seconds, they cannot reach the passive port: look at the other causes of the same addresses.',
    ],
  }),
  CHANNEL_SETTING: () => ({
    code: 'SETTING_UNUSABLE',
    title: 'A setting of data connections cannot be used',
    cause: 'A range, an address or a rule cannot be used as it is written.',
    advice: ['Look at the warnings of the settings, and correct passive, active or passive.addressRules.'],
  }),
  CHANNEL_PROXY_HEADER: () => ({
    code: 'PROXY_HEADER',
    title: 'PROXY protocol was missing or wrong',
    cause:
      'A connection came from an address of passive.proxyProtocol, and did not begin with a header of PROXY protocol.',
    advice: [
      'Switch PROXY protocol on in the load balancer for the passive ports, too.',
      'Take addresses that are no load balancers out of passive.proxyProtocol.',
    ],
  }),
  REPLY_425: () => ({
    code: 'WRONG_ORDER',
    title: 'Transfers without an agreed data connection',
    cause: 'The client asked for a transfer without PASV, EPSV, PORT or EPRT before it.',
    advice: [
      'Look at the dialogue of such a session: an earlier refusal may be what the client did not mind.',
    ],
  }),
  REPLY_502: ({ text }) => {
    const [off, other] = /Passive mode/.test(text) ? ['passive', 'active'] : ['active', 'passive']
    return {
      code: 'MODE_SWITCHED_OFF',
      title: `Clients asked for ${off} mode, which is switched off`,
      cause: `${off}.enabled is false, and the client asked for it.`,
      advice: [`Let the client use ${other} mode.`, `Or set ${off}.enabled to true.`],
    }
  },
  REPLY_521: causeOfClearData,
  REPLY_522: causeOfMissingReuse,
}

/** The cause of one failure by its code. */
export function causeOfCode(failure: DataFailure, context: FailureContext): Cause {
  return isKnown(failure.code) ? RULES[failure.code](failure, context) : other(failure)
}

const isKnown = (code: string): code is keyof typeof RULES => Object.hasOwn(RULES, code)

function noFreePort({ text }: DataFailure, { passive }: FailureContext): Cause {
  const isShared = /other connections of/.test(text)
  const now = passive?.numberOfPorts
  const wanted = now === undefined ? '' : ` from ${now} to ${now * 2} at least`
  return {
    code: 'NO_FREE_PORT',
    title: 'The passive ports ran out',
    cause: isShared
      ? 'One client address had data connections on all passive ports at once: a port is shared by clients, and each has it once. Many clients behind one NAT look like one.'
      : 'All passive ports were taken at once; passive.sharing is exclusive, so each session needs one of its own.',
    advice: [
      `Raise passive.numberOfPorts${wanted}, and open the new ports in the firewall.`,
      ...(isShared
        ? []
        : ['Set passive.sharing to by-client: then every client address has the whole range.']),
      '`portolan plan` says how many ports so many clients need.',
    ],
  }
}

function other({ code }: DataFailure): Cause {
  return {
    code: 'OTHER',
    title: 'Other failures of data connections',
    cause: `The server told ${code}; the sentences of the examples say more.`,
    advice: ['Look at the examples, and at the dialogue of such a session.'],
  }
}
