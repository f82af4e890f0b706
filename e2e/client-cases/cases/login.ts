import type { ClientCase } from '../case.ts'
import { type Answer, inTurn } from '../script.ts'

const connect: ClientCase['run'] = client => client.connect()
const refused = (...PASS: Answer) => ({ on: { PASS } })

/** USER, PASS, ACCT, and what is agreed on after. */
export const LOGIN_CASES: readonly ClientCase[] = [
  {
    name: '230 to USER: no password is sent',
    why: 'RFC 959 section 6',
    server: { on: { USER: ['230 No password needed'] } },
    run: connect,
    expect: { result: undefined },
    received: { PASS: 0 },
  },
  {
    name: '332 after PASS: the account is sent',
    why: 'RFC 959 section 6; ACCT',
    server: { on: { PASS: ['332 Account, please'], 'ACCT books': ['230 In'] } },
    client: { account: 'books' },
    run: connect,
    expect: { result: undefined },
    received: { ACCT: 1 },
  },
  {
    name: '332 without an account says which option is missing',
    why: 'typed errors',
    server: { on: { PASS: ['332 Account, please'] } },
    run: connect,
    expect: { error: { code: 'FTP_LOGIN', phase: 'login', retryable: false, hint: /account/ } },
  },
  {
    name: '202 to PASS is as good as 230',
    why: 'RFC 959 section 4.2.2',
    server: refused('202 Superfluous'),
    run: connect,
    expect: { result: undefined },
  },
  {
    name: '530 is a refused login, and not tried again',
    why: 'only what can help',
    server: refused('530 Login incorrect'),
    client: { retry: { retries: 3 } },
    run: connect,
    expect: { error: { code: 'FTP_LOGIN', phase: 'login', retryable: false, reply: 530 } },
    sessions: 1,
  },
  {
    name: '530 with “too many” is a busy server',
    why: 'rclone #2166, #4906: lftp too-many-re',
    server: refused('530 Sorry, the maximum number of connections from your host are already connected'),
    run: connect,
    expect: { error: { code: 'FTP_BUSY', phase: 'login', retryable: true, reply: 530 } },
  },
  {
    name: '421 to PASS is a busy server',
    why: 'rclone #2166, #4906: too many connections',
    server: refused('421 There are too many connected users', { control: 'fin' }),
    run: connect,
    expect: { error: { code: 'FTP_BUSY', phase: 'login', retryable: true, reply: 421 } },
  },
  {
    name: 'a server that wants TLS first: the hint says so',
    why: 'TLS_REQUIRED',
    server: { on: { USER: ['530 Non-anonymous sessions must use encryption.'] } },
    client: { user: 'alice', password: 'secret' },
    run: connect,
    expect: { error: { code: 'FTP_LOGIN', hint: /TLS/ } },
    events: ['password-in-clear'],
  },
  {
    name: 'the password is in no event and in no error',
    why: 'never in a log',
    server: refused('530 No'),
    client: { user: 'alice', password: 'p4ss-w0rd' },
    async run(client, { events, failure, server }) {
      const error = client.connect()
      await failure(error, { code: 'FTP_LOGIN' })
      const text = JSON.stringify(events) + String(await error.catch(String))
      return { told: text.includes('p4ss-w0rd'), sent: server.lines.includes('PASS p4ss-w0rd') }
    },
    expect: { result: { told: false, sent: true } },
  },
  {
    name: 'a server that does not answer PASS',
    why: 'every wait has a named bound: reply',
    server: refused(),
    client: { timeouts: { reply: 300 } },
    run: connect,
    expect: { error: { code: 'FTP_TIMEOUT', retryable: true, message: /PASS \*\*\*\* .*reply time-out/ } },
  },
  {
    name: 'a session that breaks before the command went out: the command is tried again, though it may be done once only',
    why: 'only what is safe to repeat',
    server: { on: { PASS: inTurn([{ control: 'reset' }], ['230 In']) } },
    client: { retry: { retries: 2 } },
    run: client => client.makeFolder('x'),
    expect: { result: undefined },
    received: { MKD: 1 },
    sessions: 2,
  },
  {
    name: 'a server without FEAT',
    why: 'RFC 2389 is younger than many servers',
    server: { files: { a: 10 }, on: { FEAT: ['500 What?'] } },
    run: (client, { target }) => client.download('a', target('a')),
    expect: { result: { bytes: 10 } },
    after: { a: 10 },
  },
  {
    name: 'garbage within FEAT',
    why: 'FEAT of OS/400 in a national language',
    server: {
      files: { a: 10 },
      on: { FEAT: [{ raw: '211-\xdcbersicht\r\n\r\n \r\n;;;\r\n EPSV\r\nSIZE\r\n\0\r\n211 \xff\xff\r\n' }] },
    },
    run: (client, { target }) => client.download('a', target('a')),
    expect: { result: { bytes: 10 } },
    after: { a: 10 },
  },
  {
    name: 'a server that announces UTF8 and refuses OPTS UTF8',
    why: 'CLNT before OPTS UTF8',
    server: { on: { OPTS: ['501 Not now'] }, features: ['UTF8', 'CLNT'] },
    run: connect,
    expect: { result: undefined },
    received: { OPTS: 2, CLNT: 1 },
  },
  {
    name: 'a reply to PWD with the path somewhere in its text',
    why: 'replies in every order',
    server: { on: { PWD: ['257 Current directory is "/home/a ""b"""'] } },
    run: client => client.pwd(),
    expect: { result: '/home/a "b"' },
  },
  {
    name: 'a reply to PWD without quotes',
    why: 'replies in every order',
    server: { on: { PWD: ['257 /home/alice is the current folder'] } },
    run: client => client.pwd(),
    expect: { result: '/home/alice' },
  },
  {
    name: 'a reply to PWD without any path is no folder',
    why: 'a server that lies',
    server: { on: { PWD: ['257 is the current directory'] } },
    run: client => client.pwd(),
    expect: { error: { code: 'FTP_PROTOCOL', message: /no path/ } },
  },
  {
    name: 'the folder is restored in a new session',
    why: 'restore the folder',
    server: { on: { PWD: ['257 "/in"'], 'DELE x': inTurn([{ control: 'reset' }], ['250 Gone']) } },
    async run(client, { failure }) {
      await client.cd('in')
      await failure(client.remove('x'), { code: 'FTP_CLOSED' })
      return client.remove('x')
    },
    expect: { result: undefined },
    received: { 'CWD in': 1, 'CWD /in': 1 },
    sessions: 2,
  },
  {
    name: 'CWD that is refused leaves the client where it was',
    why: 'CWD quirks',
    server: { on: { 'CWD no': ['550 No such folder'] } },
    async run(client, { failure }) {
      await failure(client.cd('no'), { code: 'FTP_REPLY', reply: 550 })
      await client.remove('x')
      return client.folder
    },
    expect: { result: undefined },
    received: { CWD: 1, DELE: 1 },
    sessions: 1,
  },
]
