import type { ClientCase } from '../case.ts'
import type { Answer } from '../script.ts'

const pwd: ClientCase['run'] = client => client.raw('PWD')
/** PWD answered in a way of its own; it is asked twice, so that a reader that is out of step shows. */
const twice: ClientCase['run'] = async client => {
  const first = await client.raw('PWD')
  const { code } = await client.raw('NOOP')
  return { ...first, next: code }
}
const said = (...PWD: Answer) => ({ on: { PWD } })

/** What comes on the control connection, byte by byte. */
export const REPLY_CASES: readonly ClientCase[] = [
  {
    name: 'the reply timer ends the wait for a server that does not answer',
    why: 'every wait has a named bound: reply',
    server: said(),
    client: { timeouts: { reply: 300 } },
    run: pwd,
    expect: {
      error: { code: 'FTP_TIMEOUT', phase: 'command', retryable: true, message: /PWD.*reply time-out/ },
    },
  },
  {
    name: 'a multi-line reply with other codes inside',
    why: 'RFC 959 section 4.2',
    server: said({ raw: '257-first\r\n226 not the end\r\n 257 nor this\r\n421-nor this\r\n257 "/x"\r\n' }),
    run: twice,
    expect: { result: { code: 257, next: 200 } },
  },
  {
    name: 'a multi-line reply whose last line is the code alone',
    why: 'replies in every order',
    server: said({ raw: '257-first\r\nsecond\r\n257\r\n' }),
    run: twice,
    expect: { result: { code: 257, next: 200 } },
  },
  {
    name: 'a reply without a space behind its code',
    why: 'missing space',
    server: said({ raw: '257"/x"\r\n' }),
    run: twice,
    expect: { result: { code: 257, next: 200 } },
  },
  {
    name: 'lines that end in LF alone',
    why: 'replies in every order',
    server: said({ raw: '257-a\n257 "/x"\n' }),
    run: twice,
    expect: { result: { code: 257, next: 200 } },
  },
  {
    name: 'a reply one byte at a time',
    why: 'replies in every order',
    server: said({ drip: '257-first\r\n226 x\r\n257 "/x" is it\r\n' }),
    run: twice,
    expect: { result: { code: 257, next: 200 } },
  },
  {
    name: 'a dialogue of which every reply comes byte by byte ends in the right file',
    why: 'replies in every order',
    server: {
      files: { a: 1_000 },
      on: {
        GREETING: [{ drip: '220 Ready\r\n' }],
        FEAT: [{ drip: '211-Features:\r\n EPSV\r\n SIZE\r\n211 End\r\n' }],
        EPSV: [{ listen: true }, { wait: 5 }, '229 (|||{port}|)'],
        RETR: [
          { drip: '150 Coming\r\n' },
          { accept: true },
          { data: { file: true } },
          { data: { end: 'clean' } },
          { drip: '226 Done\r\n' },
        ],
      },
    },
    run: (client, { target }) => client.download('a', target('a')),
    expect: { result: { bytes: 1_000 } },
    after: { a: 1_000 },
  },
  {
    name: 'a line of 64 KiB is refused',
    why: 'never unbounded memory',
    server: said({ raw: `257 ${'x'.repeat(65_536)}\r\n` }),
    run: pwd,
    expect: { error: { code: 'FTP_PROTOCOL', phase: 'command', message: /too long/ } },
  },
  {
    name: 'a reply of 2 MiB is refused',
    why: 'never unbounded memory',
    server: said({ flood: `257-${'x'.repeat(1_000)}\r\n`, times: 2_100 }),
    run: pwd,
    expect: { error: { code: 'FTP_PROTOCOL', message: /too long/ } },
  },
  {
    name: 'a reply of empty lines without end is refused',
    why: 'never unbounded memory',
    server: said({ raw: '257-\r\n' }, { flood: '\r\n'.repeat(1_000), times: 10_000 }),
    run: pwd,
    expect: { error: { code: 'FTP_PROTOCOL', message: /too long/ } },
  },
  {
    name: 'bytes without any line end are refused',
    why: 'never unbounded memory',
    server: said({ flood: '2'.repeat(1_000), times: 100_000 }),
    run: pwd,
    expect: { error: { code: 'FTP_PROTOCOL', message: /too long/ } },
  },
  {
    name: 'half a line, and then silence, ends with the reply timer',
    why: 'stalls',
    server: said({ raw: '257 "/' }),
    client: { timeouts: { reply: 300 } },
    run: pwd,
    expect: { error: { code: 'FTP_TIMEOUT', message: /reply time-out/ } },
  },
  {
    name: 'a multi-line reply that is never closed ends with the reply timer',
    why: 'stalls',
    server: said({ flood: '257-more\r\n', times: 1_000, everyMs: 20 }),
    client: { timeouts: { reply: 300 } },
    run: pwd,
    expect: { error: { code: 'FTP_TIMEOUT', message: /reply time-out/ } },
  },
  {
    name: '1yz replies without end are no answer: the reply timer runs out all the same',
    why: 'rclone #2912, httrack #1074: every wait has a bound',
    server: said({ flood: '150 Still at it\r\n', times: 1_000, everyMs: 20 }),
    client: { timeouts: { reply: 400 } },
    run: pwd,
    expect: { error: { code: 'FTP_TIMEOUT', message: /reply time-out/ } },
  },
  {
    name: 'binary garbage',
    why: 'a server that lies, stalls or sends garbage',
    server: said({ raw: '\x80\x81\x00\x07\xfe\r\n' }),
    run: pwd,
    expect: { error: { code: 'FTP_PROTOCOL', phase: 'command', message: /no FTP reply/ } },
  },
  {
    name: 'NUL within a reply',
    why: 'a server that lies, stalls or sends garbage',
    server: said({ raw: '257 "/a\0b"\r\n' }),
    run: twice,
    expect: { result: { code: 257, lines: ['"/a\0b"'], next: 200 } },
  },
  {
    name: 'Telnet commands within a reply are taken out, and 255 255 is one 255',
    why: 'RFC 854: FTP’s control connection is Telnet',
    server: said({ raw: '257 \xff\xfb\x01"/a\xff\xf1b"\r\n' }),
    run: twice,
    expect: { result: { code: 257, lines: ['"/ab"'], next: 200 } },
  },
  {
    name: 'a reply code of 999',
    why: 'RFC 959 section 4.2.1: the first digit is 1 to 5',
    server: said('999 Beyond'),
    run: pwd,
    expect: { error: { code: 'FTP_PROTOCOL', message: /no FTP reply/ } },
  },
  {
    name: 'a reply code of two digits',
    why: 'RFC 959 section 4.2.1',
    server: said('25 Short'),
    run: pwd,
    expect: { error: { code: 'FTP_PROTOCOL' } },
  },
  {
    name: 'a second reply in the same segment is passed over, and the next command gets its own',
    why: 'replies matched to commands',
    server: said({ raw: '257 "/"\r\n250 And more\r\n' }),
    run: twice,
    expect: { result: { code: 257, next: 200 } },
    events: ['unexpected-reply'],
    sessions: 1,
  },
  {
    name: 'an unsolicited 421 while nothing is asked: the next operation has a new session',
    why: 'unsolicited 421',
    server: { on: { PWD: ['257 "/"', { wait: 50 }, '421 Idle for too long', { control: 'fin' }] } },
    async run(client, { told }) {
      await client.raw('PWD')
      await told('closed')
      return client.remove('x')
    },
    expect: { result: undefined },
    received: { DELE: 1 },
    sessions: 2,
  },
  {
    name: '421 in answer to a command ends the session with the server’s words',
    why: 'RFC 959 section 5.4',
    server: said('421 Shutting down', { control: 'fin' }),
    run: client => client.list('x').then(() => client.pwd()),
    expect: { error: { code: 'FTP_CLOSED', retryable: true, message: /Shutting down/, reply: 421 } },
  },
  {
    name: 'thousands of replies that nobody asked for end the session',
    why: 'never unbounded',
    server: said('257 "/"', { flood: '200 And another\r\n'.repeat(10), times: 1_000 }),
    async run(client, { events, told }) {
      await client.raw('PWD')
      await told('closed')
      const warnings = events.filter(event => event.type === 'warning').length
      const { code } = await client.raw('NOOP')
      return { code, few: warnings < 100 }
    },
    expect: { result: { code: 200, few: true } },
    sessions: 2,
  },
  {
    name: 'a control connection that ends instead of a reply',
    why: 'a server that lies, stalls or sends garbage',
    server: said({ control: 'fin' }),
    run: pwd,
    expect: { error: { code: 'FTP_CLOSED', retryable: true, message: /instead of answering PWD/ } },
  },
  {
    name: 'a control connection that is reset instead of a reply',
    why: 'a server that lies, stalls or sends garbage; middleboxes',
    server: said({ control: 'reset' }),
    run: pwd,
    expect: { error: { code: 'FTP_CLOSED', retryable: true, message: /reset/ } },
  },
  {
    name: 'the quit timer ends the wait for a server that does not answer QUIT',
    why: 'every wait has a named bound: quit',
    server: { on: { QUIT: [] } },
    client: { timeouts: { quit: 300 } },
    async run(client) {
      await client.connect()
      await client.close()
    },
    expect: { result: undefined },
    received: { QUIT: 1 },
  },
  {
    name: 'a path with a line end is refused before anything is sent',
    why: 'command injection',
    async run(client, { failure }) {
      await failure(client.remove('x\r\nDELE y'), { code: 'FTP_SETTING' })
      return client.remove('z')
    },
    expect: { result: undefined },
    received: { DELE: 1, 'DELE z': 1 },
    sessions: 1,
  },
]
