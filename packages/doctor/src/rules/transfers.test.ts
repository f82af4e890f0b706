import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Evidence, IdleEvidence, TransferEvidence } from '../evidence.ts'
import { GOOD, judged, LOGIN, moved, passive } from '../testing.ts'

const REUSED = moved({ tls: { protocol: 'TLSv1.3', reused: true } })
const FULL = moved({ tls: { protocol: 'TLSv1.3', reused: false } })
const REFUSED = moved({ outcome: 'refused', code: 522, reply: '522 session reuse required', bytes: 0 })

function tried(resumed: readonly TransferEvidence[], plain: TransferEvidence): Evidence {
  const transfers = [
    ...resumed.map(transfer => ({ resume: true, transfer })),
    { resume: false, transfer: plain },
  ]
  return { ...GOOD, 'data-tls': { transfers } }
}

const tls: readonly [string, Evidence, string][] = [
  ['all work', tried([REUSED, REUSED], FULL), 'note ALL_GOOD certain'],
  ['only those that resume work', tried([REUSED, REUSED], REFUSED), 'note SESSION_REUSE_REQUIRED certain'],
  [
    'only those that resume work, and nobody says why',
    tried([REUSED], moved({ outcome: 'tls-failed', text: 'closed' })),
    'note SESSION_REUSE_REQUIRED likely',
  ],
  ['the third fails', tried([REUSED, REUSED, REFUSED], REFUSED), 'error TICKETS_EXHAUSTED likely'],
  ['resumption is wanted and not taken', tried([REFUSED], REFUSED), 'error TICKETS_NOT_RESUMED likely'],
  [
    'handshakes fail',
    tried([moved({ outcome: 'tls-failed', text: 'bad record' })], FULL),
    'error DATA_TLS_FAILED likely',
  ],
  [
    'the server refuses to protect data',
    { ...GOOD, login: { ...LOGIN, protection: '534 No' } },
    'error NO_DATA_ENCRYPTION certain',
  ],
  [
    'no listing came since handshakes fail',
    {
      ...GOOD,
      epsv: passive('EPSV', 'connected', {
        outcome: 'not-moved',
        transfer: moved({ outcome: 'tls-failed', text: 'the server closed the connection' }),
      }),
      pasv: passive('PASV', 'connected', { outcome: 'not-moved' }),
    },
    'error DATA_TLS_FAILED likely',
  ],
]

for (const [what, evidence, expected] of tls) {
  test(`TLS data connections of which ${what}: ${expected}`, () => {
    assert.equal(judged(evidence, { tls: 'explicit' })[0], expected)
  })
}

test('a server that never resumes is told of, behind the word that all is well', () => {
  const found = judged(tried([FULL, FULL], FULL), { tls: 'explicit' })
  assert.deepEqual(found, ['note ALL_GOOD certain', 'note TICKETS_NOT_RESUMED certain'])
})

const silent = (outcome: IdleEvidence['probes'][number]['outcome']): IdleEvidence => ({
  probes: [
    { seconds: 60, keep: 'none', outcome: 'alive' },
    { seconds: 300, keep: 'none', outcome },
    { seconds: 300, keep: 'noop', outcome: 'alive' },
    { seconds: 300, keep: 'tcp', outcome: 'silent' },
  ],
})

const others: readonly [string, Evidence, string][] = [
  [
    'a slow greeting',
    { greeting: { kind: 'ftp', ms: 6_000, asked: 'off' } },
    'warning SLOW_GREETING certain',
  ],
  ['a slow login', { login: { ...LOGIN, ms: 6_000 } }, 'warning SLOW_LOGIN certain'],
  [
    'a late 226',
    { closing: { transfers: 3, underTls: 0, truncated: 0, slowestMs: 4_000 } },
    'warning SLOW_COMPLETION certain',
  ],
  [
    'NOOP that breaks',
    { noop: { file: 'a', reply: 'broke', bytes: 1, ms: 2 } },
    'warning NOOP_IN_TRANSFER likely',
  ],
  [
    'a line that nobody can read',
    {
      listing: { listings: [{ command: 'LIST', outcome: 'moved', entries: 2, unparsed: 1, samples: ['?'] }] },
    },
    'warning LISTING_UNPARSED certain',
  ],
  ['a reset after silence', { idle: silent('reset') }, 'warning NAT_IDLE_RESET likely'],
  ['silence after silence', { idle: silent('silent') }, 'warning NAT_IDLE_DROP likely'],
  [
    'a file that is left',
    { write: { path: 'a', bytes: 1, up: moved(), down: moved(), same: 'same', removed: false } },
    'warning WRITE_NOT_REMOVED certain',
  ],
  [
    'a file that came back changed',
    { write: { path: 'a', bytes: 1, up: moved(), down: moved(), same: 'different', removed: true } },
    'error DATA_TAINTED certain',
  ],
  [
    'other line ends',
    { write: { path: 'a', bytes: 1, up: moved(), down: moved(), same: 'line-ends', removed: true } },
    'error ASCII_CONVERSION certain',
  ],
  [
    'an upload that was refused',
    { write: { path: 'a', bytes: 1, up: { ...REFUSED, reply: '550 No' }, removed: true } },
    'error WRITE_REFUSED certain',
  ],
  [
    'an upload that stalls',
    { write: { path: 'a', bytes: 1, up: moved({ outcome: 'stalled', bytes: 9 }), removed: true } },
    'error MTU_BLACKHOLE possible',
  ],
]

for (const [what, evidence, expected] of others) {
  test(`${what}: ${expected}`, () => {
    assert.equal(judged({ ...GOOD, ...evidence })[0], expected)
  })
}

const notes: readonly [string, Evidence, string][] = [
  [
    'NOOP that is passed over',
    { noop: { file: 'a', reply: 'never', bytes: 1, ms: 2 } },
    'NOOP_IN_TRANSFER likely',
  ],
  [
    'missing close_notify',
    { closing: { transfers: 3, underTls: 3, truncated: 3, slowestMs: 1 } },
    'NO_CLOSE_NOTIFY certain',
  ],
  ['a server that says goodbye', { idle: silent('said-goodbye') }, 'SERVER_IDLE certain'],
  [
    'a limit of sessions',
    {
      capabilities: {
        ...{ resume: true, size: true, mdtm: true, mfmt: true, mlst: true, utf8: true, probe: true },
        ...{ checksums: [], sessions: 2, sessionLimit: '421 Too many' },
      },
    },
    'SESSIONS_LIMITED certain',
  ],
]

for (const [what, evidence, expected] of notes) {
  test(`${what} is good to know: ${expected}`, () => {
    assert.deepEqual(judged({ ...GOOD, ...evidence }), ['note ALL_GOOD certain', `note ${expected}`])
  })
}
