import type { BreakCode } from '@portolan/channels'
import type { Cause, DataFailure } from './failure.ts'

/** By which words of the sentence a break is known: the log keeps the sentence. The first that fits counts. */
const WORDS: readonly (readonly [BreakCode, RegExp])[] = [
  ['truncated', /close_notify/],
  ['format', /MODE Z|inflate|deflate/i],
  ['stalled', /no byte for|could be read from the file for|could not be reached any more/],
  ['peer-closed', /closed the data connection before it had everything/],
  ['tls', /TLS/],
  ['reset', /reset the data connection|the data connection is gone/],
]

/** What broke a stream, by the sentence that was told. What no other one fits was ended by the server: `aborted`. */
export function breakCodeOf(text: string): BreakCode {
  return WORDS.find(([, words]) => words.test(text))?.[0] ?? 'aborted'
}

/** What each break means. */
const BREAKS: Readonly<Record<BreakCode, Cause>> = {
  reset: {
    code: 'BROKEN_RESET',
    title: 'Transfers were reset in the middle',
    cause:
      'The connection stood and moved data, and then was reset: by the client, or by a device between that forgot or forbade it.',
    advice: [
      'When it is always after the same time, a firewall or NAT on the way has a limit for connections: raise it there.',
      'When it is one client, look at that program: it may cancel transfers, or crash.',
    ],
  },
  truncated: {
    code: 'BROKEN_TRUNCATED',
    title: 'Uploads ended without the end mark of TLS',
    cause:
      'The client closed the TCP connection of an upload without close_notify. Anybody on the way could have cut the file short, so it was not published.',
    advice: [
      'Update the client: programs of today send close_notify.',
      'When all files were whole and the client cannot be changed, set tls.requireCloseNotify to false; short files are then no longer noticed.',
    ],
  },
  tls: {
    code: 'BROKEN_TLS',
    title: 'TLS failed in the middle of transfers',
    cause: 'A record could not be decrypted, or the client sent an alert.',
    advice: [
      'Look for a device on the way that opens or changes TLS, and make an exception for the passive ports (passive.basePort, passive.numberOfPorts).',
      'Update the client.',
    ],
  },
  stalled: {
    code: 'BROKEN_STALLED',
    title: 'Transfers stood still',
    cause: 'Not one byte moved for the time of timeouts.stall, and the transfer was given up.',
    advice: [
      'Look at the way to these clients: packets are lost, or a firewall dropped the connection without a word.',
      'When large packets alone are lost, the path MTU is the cause: allow ICMP "fragmentation needed".',
      'For clients that pause for long, raise timeouts.stall.',
    ],
  },
  'peer-closed': {
    code: 'BROKEN_CLOSED',
    title: 'Clients closed before they had everything',
    cause:
      'The client closed the data connection of a download in the middle: it was cancelled, or the program ended.',
    advice: [
      'Ask whoever runs the client: disk full, a limit of size or time, or somebody who pressed cancel.',
    ],
  },
  format: {
    code: 'BROKEN_FORMAT',
    title: 'Data was not what MODE Z promises',
    cause: 'The client switched compression on and sent what does not inflate, or ended early.',
    advice: ['Switch MODE Z off in the client, or update it.'],
  },
  aborted: {
    code: 'BROKEN_ENDED',
    title: 'Transfers were ended on purpose',
    cause:
      'The transfer was ended by ABOR, by the end of the control connection, by an administrator, or because the server stopped.',
    advice: [
      'When control connections are lost while long transfers run, a NAT on the way forgets the quiet one: let the client send NOOP during transfers, or raise the time in the NAT.',
      'Otherwise there is nothing to do.',
    ],
  },
}

/** Why a stream broke. */
export function causeOfBreak({ text }: DataFailure): Cause {
  return BREAKS[breakCodeOf(text)]
}
