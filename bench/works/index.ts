import { bulk } from './bulk.ts'
import { listingGrowth, transferGrowth } from './growth.ts'
import { hold } from './hold.ts'
import { listing } from './listing.ts'
import { idleServer, idleSessions, logins } from './sessions.ts'
import { smallFiles } from './small.ts'
import type { Target, Work } from './work.ts'

/** What the project wants to reach, as data. Ratios are to the best peer of the same run. */
const TARGETS = {
  plain: { kind: 'ratio', atLeast: 1 },
  tls: { kind: 'ratio', atLeast: 1.1 },
  many: { kind: 'ratio', atLeast: 1 },
  /** No slower than one and a half times the fastest, although the password is hashed with argon2id. */
  logins: { kind: 'ratio', atLeast: 1 / 1.5 },
  small: { kind: 'ratio', atLeast: 1 },
  listing: { kind: 'ratio', atLeast: 1 },
  /** Kilobytes. */
  session: { kind: 'value', atMost: 40 },
  sessionTls: { kind: 'value', atMost: 120 },
  /** Megabytes, with one worker. */
  idleServer: { kind: 'value', atMost: 110 },
  /** Megabytes: what a garbage collector may be late by. Keeping 100,000 names or a file would be more. */
  growth: { kind: 'value', atMost: 16 },
  /** Milliseconds. */
  hold: { kind: 'value', atMost: 50 },
} as const satisfies Record<string, Target>

const MANY = 100

/** Every row of the table, in its order. */
export const works: readonly Work[] = [
  bulk({ command: 'RETR', tls: false, clients: 1, target: TARGETS.plain }),
  bulk({ command: 'STOR', tls: false, clients: 1, target: TARGETS.plain }),
  bulk({ command: 'RETR', tls: true, clients: 1, target: TARGETS.tls }),
  bulk({ command: 'STOR', tls: true, clients: 1, target: TARGETS.tls }),
  bulk({ command: 'RETR', tls: false, clients: MANY, target: TARGETS.many }),
  bulk({ command: 'STOR', tls: false, clients: MANY, target: TARGETS.many }),
  bulk({ command: 'RETR', tls: true, clients: MANY, target: TARGETS.many }),
  bulk({ command: 'STOR', tls: true, clients: MANY, target: TARGETS.many }),
  logins(300, TARGETS.logins),
  smallFiles(1_000, TARGETS.small),
  listing('LIST', 'fewer', TARGETS.listing),
  listing('LIST', 'more', TARGETS.listing),
  listing('MLSD', 'fewer', TARGETS.listing),
  listing('MLSD', 'more', TARGETS.listing),
  idleServer(TARGETS.idleServer),
  idleSessions({ tls: false, target: TARGETS.session }),
  idleSessions({ tls: true, target: TARGETS.sessionTls }),
  listingGrowth('LIST', TARGETS.growth),
  listingGrowth('MLSD', TARGETS.growth),
  transferGrowth('RETR', TARGETS.growth),
  transferGrowth('STOR', TARGETS.growth),
  hold('LIST', false, TARGETS.hold),
  hold('MLSD', false, TARGETS.hold),
  hold('RETR', false, TARGETS.hold),
  hold('STOR', false, TARGETS.hold),
  hold('RETR', true, TARGETS.hold),
  hold('STOR', true, TARGETS.hold),
]
