import type { ClientCase } from '../case.ts'
import { type Answer, inTurn, USUAL } from '../script.ts'

const FILES = { a: 1_000 }
const get: ClientCase['run'] = (client, { target }) => client.download('a', target('a'))
const getTwice: ClientCase['run'] = async (client, context) => {
  await get(client, context)
  return client.download('a', context.target('b'))
}
const GOT = { result: { bytes: 1_000, end: 'proved' } }
const epsv = (...EPSV: Answer) => ({ files: FILES, on: { EPSV } })
/** EPSV is refused, so that PASV counts. */
const pasv = (...PASV: Answer) => ({ files: FILES, on: { EPSV: ['500 What?'], PASV } })
const bad = (text: string): Answer => [{ listen: true }, text]

/** EPSV and PASV: what servers answer, and what of it can be dialled. */
export const PASSIVE_CASES: readonly ClientCase[] = [
  {
    name: 'EPSV that works: PASV is never asked',
    why: 'the ladder of modes',
    server: { files: FILES },
    run: getTwice,
    expect: GOT,
    after: { a: 1_000, b: 1_000 },
    received: { EPSV: 2, PASV: 0 },
    sessions: 1,
  },
  {
    name: 'a server that lists EPSV in FEAT and answers 500: PASV, and EPSV is not asked again',
    why: 'n8n #39221; basic-ftp #77',
    server: epsv('500 EPSV not understood'),
    run: getTwice,
    expect: GOT,
    after: { a: 1_000, b: 1_000 },
    received: { EPSV: 1, PASV: 2 },
    events: ['epsv-refused', 'rung-pasv'],
    sessions: 1,
  },
  {
    name: 'EPSV accepted, and its port is filtered: PASV within the short bound, and the second transfer does not wait',
    why: 'basic-ftp #133; basic-ftp #77; jlaffaye/ftp #43',
    server: epsv('229 Extended Passive Mode (|||{filtered}|)'),
    client: { timeouts: { dataProbe: 300 } },
    run: getTwice,
    expect: GOT,
    after: { a: 1_000, b: 1_000 },
    received: { EPSV: 1, PASV: 2 },
    events: ['data-timeout', 'rung-pasv'],
    sessions: 1,
  },
  {
    name: 'EPSV accepted, and nobody listens at its port: PASV at once',
    why: 'basic-ftp #133; what a failed data connection means',
    server: epsv({ listen: true }, { unlisten: true }, '229 Extended Passive Mode (|||{port}|)'),
    run: get,
    expect: GOT,
    after: { a: 1_000 },
    received: { EPSV: 1, PASV: 1 },
    events: ['data-refused'],
  },
  {
    name: 'a way that worked and fails later is left, and the other is remembered from then on',
    why: 're-laddering on later failure',
    server: {
      files: FILES,
      on: { EPSV: inTurn([USUAL], ['229 Extended Passive Mode (|||{filtered}|)']) },
    },
    client: { timeouts: { dataConnect: 300 } },
    async run(client, context) {
      await getTwice(client, context)
      return client.download('a', context.target('c'))
    },
    expect: GOT,
    after: { a: 1_000, b: 1_000, c: 1_000 },
    received: { EPSV: 2, PASV: 2 },
    events: ['rung-epsv', 'rung-pasv'],
  },
  {
    name: 'what one client has learnt of a server another knows',
    why: 'basic-ftp #77: remember per host',
    server: epsv('500 What?'),
    async run(client, context) {
      await get(client, context)
      const other = context.another({ hosts: client.options.hosts })
      return other.download('a', context.target('b'))
    },
    expect: GOT,
    after: { a: 1_000, b: 1_000 },
    received: { EPSV: 1, PASV: 2 },
  },
  {
    name: 'a proxy that answers in the server’s place: 425 although the connection stood, so the next try takes PASV',
    why: 'server says 425 while our connect succeeded',
    server: {
      files: FILES,
      on: {
        EPSV: inTurn([{ listen: true }, '229 (|||{port}|)']),
        RETR: inTurn([{ accept: true }, { data: { end: 'reset' } }, '425 No data connection'], [USUAL]),
      },
    },
    client: { retry: { retries: 1 } },
    run: get,
    expect: GOT,
    after: { a: 1_000 },
    received: { EPSV: 1, PASV: 1 },
    sessions: 1,
  },
  ...[
    ['port 0', '229 Extended Passive Mode (|||0|)'],
    ['port 70000', '229 Extended Passive Mode (|||70000|)'],
    ['a delimiter missing', '229 Extended Passive Mode (|||{port})'],
    ['no port at all', '229 Extended Passive Mode'],
    ['a port of letters', '229 Extended Passive Mode (|||http|)'],
  ].map(
    ([what, text = '']): ClientCase => ({
      name: `229 with ${what} counts as a refusal: PASV`,
      why: 'FluentFTP #760, #1793',
      server: epsv(...bad(text)),
      run: getTwice,
      expect: GOT,
      after: { a: 1_000, b: 1_000 },
      received: { EPSV: 1, PASV: 2 },
      events: ['epsv-malformed'],
    }),
  ),
  ...[
    ['! as its delimiter', '229 Extended Passive Mode (!!!{port}!)'],
    ['no parentheses', '229 Extended Passive Mode |||{port}|'],
    ['family and address filled in', '229 Extended Passive Mode (|1|127.0.0.1|{port}|)'],
  ].map(
    ([what, text = '']): ClientCase => ({
      name: `229 with ${what} is read`,
      why: 'the EPSV parser',
      server: epsv({ listen: true }, text),
      run: get,
      expect: GOT,
      after: { a: 1_000 },
      received: { EPSV: 1, PASV: 0 },
    }),
  ),
  {
    name: '227 in answer to EPSV is read as that of PASV',
    why: 'FluentFTP does',
    server: epsv({ listen: true }, '227 Entering Passive Mode ({pasv})'),
    run: get,
    expect: GOT,
    after: { a: 1_000 },
    received: { EPSV: 1, PASV: 0 },
  },
  {
    name: 'a temporary refusal of EPSV is left, and not held against it for ever',
    why: 'the ladder of modes',
    server: epsv('425 Not now'),
    run: get,
    expect: GOT,
    after: { a: 1_000 },
    received: { EPSV: 1, PASV: 1 },
  },
  {
    name: 'without EPSV by option, PASV goes first',
    why: 'basic-ftp #77: users need to force PASV',
    server: { files: FILES },
    client: { epsv: false },
    run: get,
    expect: GOT,
    after: { a: 1_000 },
    received: { EPSV: 0, PASV: 1 },
  },
  {
    name: 'nothing works: the error tells of every rung, and the session stays usable',
    why: 'FluentFTP #187: the session must stay usable',
    server: { files: FILES, on: { EPSV: ['500 What?'], PASV: ['425 Cannot open passive connection'] } },
    async run(client, context) {
      await context.failure(get(client, context), {
        code: 'FTP_DATA',
        phase: 'data-connect',
        message: /EPSV: .*500 What.*PASV: .*425/,
        hint: /doctor/,
      })
      return client.remove('x')
    },
    expect: { result: undefined },
    sessions: 1,
  },
  {
    name: 'the data-connect timer ends the wait for a filtered port when nothing else is left to try',
    why: 'every wait has a named bound: data-connect',
    server: pasv('227 Entering Passive Mode (127,0,0,1,{f})'),
    client: { timeouts: { dataConnect: 300 } },
    run: get,
    expect: { error: { code: 'FTP_DATA', phase: 'data-connect', retryable: true } },
    events: ['data-timeout'],
  },
  {
    name: '421 while a filtered port is dialled ends the wait at once',
    why: 'the control connection is read continuously',
    server: epsv('229 Extended Passive Mode (|||{filtered}|)', { wait: 50 }, '421 Going down', {
      control: 'fin',
    }),
    run: get,
    expect: { error: { code: 'FTP_CLOSED', retryable: true, message: /Going down/ } },
  },
  {
    name: 'a control connection that dies at EPSV, as behind a filter that knows no EPSV, is told as such',
    why: 'ALG / IDS killed the session',
    server: epsv({ control: 'reset' }),
    run: get,
    expect: { error: { code: 'FTP_CLOSED', retryable: true, message: /reset/ } },
  },
  ...[
    ['without parentheses', '227 Entering Passive Mode 127,0,0,1,{p}'],
    ['with blanks between its numbers', '227 Entering Passive Mode (127, 0, 0, 1, {p}).'],
    ['with its numbers at the start', '227 127,0,0,1,{p} is where'],
    ['behind an equals sign', '227 Entering Passive Mode =127,0,0,1,{p}'],
  ].map(
    ([what, text = '']): ClientCase => ({
      name: `227 ${what} is read`,
      why: 'RFC 1123 section 4.1.2.6',
      server: pasv({ listen: true }, text),
      run: get,
      expect: GOT,
      after: { a: 1_000 },
    }),
  ),
  ...[
    ['an octet of 256', '227 Entering Passive Mode (127,0,0,256,{p})'],
    ['a negative number', '227 Entering Passive Mode (-127,0,0,1,{p})'],
    ['a negative port', '227 Entering Passive Mode (127,0,0,1,-4,1)'],
    ['port 0', '227 Entering Passive Mode (127,0,0,1,0,0)'],
    ['five numbers', '227 Entering Passive Mode (127,0,0,1,99)'],
    ['no numbers', '227 Entering Passive Mode'],
  ].map(
    ([what, text = '']): ClientCase => ({
      name: `227 with ${what} is refused`,
      why: 'the PASV parser',
      server: pasv(...bad(text)),
      run: get,
      expect: { error: { code: 'FTP_DATA', message: /no usable address/ } },
      events: ['pasv-malformed'],
    }),
  ),
  {
    name: 'a port below 1024 is dialled with a warning',
    why: 'privileged ports',
    server: pasv('227 Entering Passive Mode (127,0,0,1,0,1)'),
    run: get,
    expect: { error: { code: 'FTP_DATA' } },
    events: ['privileged-port', 'data-refused'],
  },
]
