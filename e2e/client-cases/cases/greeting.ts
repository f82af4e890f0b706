import type { ClientCase } from '../case.ts'
import { inTurn } from '../script.ts'

const connect: ClientCase['run'] = client => client.connect()
const FLOOD_LINE = `220-${'x'.repeat(60)}\r\n`

/** From the first SYN to the 220. */
export const GREETING_CASES: readonly ClientCase[] = [
  {
    name: 'the connect timer ends the wait for a host that answers nobody',
    why: 'every wait has a named bound: connect',
    at: 'filtered',
    client: { timeouts: { connect: 300 } },
    run: connect,
    expect: { error: { code: 'FTP_CONNECT', phase: 'connect', retryable: true, message: /0\.3 seconds/ } },
  },
  {
    name: 'a refused connection is told at once',
    why: 'rclone #2912, httrack #1074: every wait has a bound',
    at: 'closed',
    run: connect,
    expect: { error: { code: 'FTP_CONNECT', phase: 'connect', retryable: true } },
  },
  {
    name: 'the greeting timer ends the wait for a server that says nothing',
    why: 'every wait has a named bound: greeting',
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
  {
    name: 'an SSH banner is told as such',
    why: 'SSH-2.0',
    server: { on: { GREETING: [{ raw: 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n' }] } },
    run: connect,
    expect: { error: { code: 'FTP_GREETING', phase: 'greeting', retryable: false, hint: /SSH/ } },
  },
  {
    name: 'a web server is told as such',
    why: 'a server that lies, stalls or sends garbage',
    server: {
      on: {
        GREETING: [{ raw: 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n' }, { control: 'fin' }],
      },
    },
    run: connect,
    expect: { error: { code: 'FTP_GREETING', phase: 'greeting', hint: /web server/ } },
  },
  {
    name: 'a TLS alert as the first bytes is told as such, although no line ends',
    why: 'TLS record on 21',
    server: { on: { GREETING: [{ raw: '\x15\x03\x03\x00\x02\x02\x46' }] } },
    client: { timeouts: { greeting: 300 } },
    run: connect,
    expect: { error: { code: 'FTP_TIMEOUT', phase: 'greeting', hint: /implicit TLS/ } },
  },
  {
    name: 'TLS bytes with a line end in them are told as such',
    why: 'TLS record on 21',
    server: { on: { GREETING: [{ raw: '\x16\x03\x03\x00\x05\x02\x00\n\x00\x01\xff\r\n' }] } },
    run: connect,
    expect: { error: { code: 'FTP_GREETING', phase: 'greeting', hint: /implicit TLS/ } },
  },
  {
    name: 'a mail server is told as such',
    why: 'a server that lies, stalls or sends garbage',
    server: { on: { GREETING: [{ raw: '+OK POP3 ready\r\n' }] } },
    run: connect,
    expect: { error: { code: 'FTP_GREETING', hint: /POP3/ } },
  },
  {
    name: '120, and 220 when the server is ready',
    why: 'RFC 959 section 5.4',
    server: { on: { GREETING: ['120 Ready in a moment', { wait: 100 }, '220 Ready'] } },
    run: connect,
    expect: { result: undefined },
    received: { USER: 1 },
  },
  {
    name: '120 again and again is no greeting: the timer runs out all the same',
    why: 'rclone #2912, httrack #1074: every wait has a bound',
    server: { on: { GREETING: [{ flood: '120 Ready in a moment\r\n', times: 1_000, everyMs: 20 }] } },
    client: { timeouts: { greeting: 400 } },
    run: connect,
    expect: { error: { code: 'FTP_TIMEOUT', phase: 'greeting', message: /greeting/ } },
  },
  {
    name: '421 as the greeting is a busy server, and trying later may help',
    why: 'rclone #2166, #4906: too many connections',
    server: { on: { GREETING: ['421 Too many connections, try again later', { control: 'fin' }] } },
    run: connect,
    expect: { error: { code: 'FTP_BUSY', phase: 'greeting', retryable: true, reply: 421 } },
  },
  {
    name: 'a busy server is tried again, with a delay that is told',
    why: 'rclone #2166, #4906: too many connections; retry with backoff',
    server: { on: { GREETING: inTurn(['421 Too many users'], ['421 Too many users'], ['220 Ready']) } },
    client: { retry: { retries: 3 } },
    async run(client, { events }) {
      await client.connect()
      return events.filter(event => event.type === 'retry').map(event => event.delayMs)
    },
    expect: { result: [10, 20] },
    sessions: 3,
  },
  {
    name: '500 as the greeting is final',
    why: 'a server that lies, stalls or sends garbage',
    server: { on: { GREETING: ['500 Go away'] } },
    client: { retry: { retries: 3 } },
    run: connect,
    expect: { error: { code: 'FTP_GREETING', phase: 'greeting', retryable: false, reply: 500 } },
    sessions: 1,
  },
  {
    name: 'a server that closes before it greets',
    why: 'a server that lies, stalls or sends garbage',
    server: { on: { GREETING: [{ control: 'fin' }] } },
    run: connect,
    expect: { error: { code: 'FTP_GREETING', phase: 'greeting', retryable: true, message: /closed/ } },
  },
  {
    name: 'a server that resets before it greets',
    why: 'a server that lies, stalls or sends garbage',
    server: { on: { GREETING: [{ wait: 50 }, { control: 'reset' }] } },
    run: connect,
    expect: { error: { code: 'FTP_GREETING', phase: 'greeting', retryable: true } },
  },
  {
    name: 'binary garbage as the greeting',
    why: 'a server that lies, stalls or sends garbage',
    server: { on: { GREETING: [{ raw: '\x00\x01\x02\xfe\xc3\x28\x80\r\n' }] } },
    run: connect,
    expect: { error: { code: 'FTP_GREETING', phase: 'greeting', retryable: false } },
  },
  {
    name: 'a greeting of 200 lines',
    why: 'RFC 959 section 4.2: banners are long',
    server: { on: { GREETING: [{ raw: `${FLOOD_LINE.repeat(200)}220 Ready\r\n` }] } },
    run: connect,
    expect: { result: undefined },
  },
  {
    name: 'a greeting without end is given up at its bound',
    why: 'never unbounded memory',
    server: { on: { GREETING: [{ flood: FLOOD_LINE.repeat(100), times: 10_000 }] } },
    run: connect,
    expect: { error: { code: 'FTP_GREETING', phase: 'greeting', message: /too long/ } },
  },
  {
    name: 'a greeting that a middlebox has masked with asterisks',
    why: 'Cisco inspection',
    server: { on: { GREETING: [{ raw: '220 ***************************\r\n' }] } },
    run: connect,
    expect: { result: undefined },
  },
]
