import type { ClientCase } from '../case.ts'

const connect: ClientCase['run'] = client => client.connect()

export const GREETING_CASES: readonly ClientCase[] = [
  {
    name: 'a download from a server that does everything right',
    why: 'the harness itself',
    server: { files: { a: 100_000 } },
    run: (client, { target }) => client.download('a', target('a')),
    expect: { result: { bytes: 100_000, end: 'proved' } },
    after: { a: 100_000 },
    received: { EPSV: 1, PASV: 0, RETR: 1 },
    sessions: 1,
  },
  {
    name: 'the connect timer ends the wait for a host that answers nobody',
    why: 'requirement 1: connect',
    at: 'filtered',
    client: { timeouts: { connect: 300 } },
    run: connect,
    expect: { error: { code: 'FTP_CONNECT', phase: 'connect', retryable: true } },
  },
  {
    name: 'the greeting timer ends the wait for a server that says nothing',
    why: 'requirement 1: greeting',
    server: { on: { GREETING: [] } },
    client: { timeouts: { greeting: 300 } },
    run: connect,
    expect: {
      error: {
        code: 'FTP_TIMEOUT',
        phase: 'greeting',
        retryable: true,
        message: /greeting time-out/,
        hint: /TLS/,
      },
    },
  },
]
