import type { CaseContext, ClientCase } from '../case.ts'
import { type Answer, inTurn } from '../script.ts'

const FILES = { a: 1_000 }
const get: ClientCase['run'] = (client, { target }) => client.download('a', target('a'))
const getTwice: ClientCase['run'] = async (client, context) => {
  await get(client, context)
  return client.download('a', context.target('b'))
}
const GOT = { result: { bytes: 1_000, end: 'proved' } }
/** EPSV is refused, so that PASV counts. */
const pasv = (...PASV: Answer) => ({ files: FILES, on: { EPSV: ['500 What?'], PASV } })
const remotes = ({ events }: CaseContext) =>
  events.flatMap(event => (event.type === 'data-opened' ? [event.remote.address] : []))

/** The addresses of data connections: what servers say, what was set, and where we dial from. */
export const ADDRESS_CASES: readonly ClientCase[] = [
  ...(['0,0,0,0', '127,0,0,9', '10,0,0,1', '224,0,0,1'] as const).map(
    (address): ClientCase => ({
      name: `${address.replaceAll(',', '.')} in the reply to PASV: the host of the control connection is dialled, whatever was said`,
      why: 'basic-ftp #210, #259; CVE-2020-8284, CVE-2021-4189',
      server: pasv({ listen: true }, `227 Entering Passive Mode (${address},{p})`),
      run: async (client, context) => {
        await get(client, context)
        return remotes(context)
      },
      expect: { result: ['127.0.0.1'] },
      after: { a: 1_000 },
      events: ['pasv-control'],
    }),
  ),
  {
    name: 'a private address with pasvAddress auto: substituted, in the words that administrators search for',
    why: 'a private address advertised from elsewhere; curl #1455',
    server: pasv({ listen: true }, '227 Entering Passive Mode (10,0,0,1,{p})'),
    client: { pasvAddress: 'auto' },
    async run(client, context) {
      await get(client, context)
      return context.events.flatMap(event =>
        event.type === 'decision' && event.about === 'passive-address' ? [event.because.text] : [],
      )
    },
    expect: {
      result: ['Server sent passive reply with unroutable address 10.0.0.1, using host address instead.'],
    },
    after: { a: 1_000 },
    events: ['pasv-class-differs'],
  },
  {
    name: '0.0.0.0 with pasvAddress auto: substituted',
    why: 'basic-ftp #210, #259',
    server: pasv({ listen: true }, '227 Entering Passive Mode (0,0,0,0,{p})'),
    client: { pasvAddress: 'auto' },
    run: get,
    expect: GOT,
    after: { a: 1_000 },
    events: ['pasv-unroutable'],
  },
  {
    name: 'another address of the same kind with pasvAddress auto: dialled',
    why: 'FluentFTP #1258: networks with two private addresses',
    server: pasv({ listen: '127.0.0.9' }, '227 Entering Passive Mode (127,0,0,9,{p})'),
    client: { pasvAddress: 'auto' },
    run: async (client, context) => {
      await get(client, context)
      return remotes(context)
    },
    expect: { result: ['127.0.0.9'] },
    after: { a: 1_000 },
    events: ['pasv-same-class', '!pasv-alternative'],
  },
  {
    name: 'another address of the same kind with pasvAddress auto, and nobody there: the control host is tried, once',
    why: 'the other candidate',
    server: pasv({ listen: true }, '227 Entering Passive Mode (127,0,0,9,{p})'),
    client: { pasvAddress: 'auto' },
    run: async (client, context) => {
      await get(client, context)
      return remotes(context)
    },
    expect: { result: ['127.0.0.1'] },
    after: { a: 1_000 },
    events: ['pasv-same-class', 'pasv-alternative'],
  },
  {
    name: 'another address with pasvAddress server: dialled, and PASV goes before EPSV',
    why: 'server, for servers with several addresses',
    server: {
      files: FILES,
      on: { PASV: [{ listen: '127.0.0.9' }, '227 Entering Passive Mode (127,0,0,9,{p})'] },
    },
    client: { pasvAddress: 'server' },
    run: async (client, context) => {
      await get(client, context)
      return remotes(context)
    },
    expect: { result: ['127.0.0.9'] },
    after: { a: 1_000 },
    received: { EPSV: 0, PASV: 1 },
    events: ['pasv-server'],
  },
  {
    name: 'a private address with pasvAddress server: believed, and what follows is told',
    why: 'a private address advertised from elsewhere',
    // From a loopback address the system lets nothing out: the failure is its own, and no packet leaves.
    server: pasv({ listen: true }, '227 Entering Passive Mode (10,0,0,1,{p})'),
    client: { pasvAddress: 'server', timeouts: { dataConnect: 300 } },
    run: get,
    expect: { error: { code: 'FTP_DATA', message: /10\.0\.0\.1/ } },
    events: ['pasv-server'],
  },
  {
    name: 'a forced address: dialled whatever the server says, with EPSV as well',
    why: 'addresses and ports that servers tell; WinSCP: force IP address',
    server: {
      files: FILES,
      on: {
        EPSV: inTurn([{ listen: '127.0.0.9' }, '229 (|||{port}|)'], ['500 No']),
        PASV: [{ listen: '127.0.0.9' }, '227 Entering Passive Mode (10,0,0,1,{p})'],
      },
    },
    client: { pasvAddress: '127.0.0.9' },
    run: async (client, context) => {
      await getTwice(client, context)
      return remotes(context)
    },
    expect: { result: ['127.0.0.9', '127.0.0.9'] },
    after: { a: 1_000, b: 1_000 },
    events: ['pasv-forced'],
  },
  {
    name: 'data goes to the address that the control connection reached, not to the name anew',
    why: 'FluentFTP #495: names with several addresses',
    server: { files: FILES },
    client: { host: 'localhost' },
    run: async (client, context) => {
      await get(client, context)
      return remotes(context)
    },
    expect: { result: ['127.0.0.1'] },
    after: { a: 1_000 },
  },
  {
    name: 'IPv6: EPSV alone, since PASV has no address for it',
    why: 'on IPv6',
    server: { address: '::1', files: FILES, on: { EPSV: ['500 What?'] } },
    needs: 'ipv6',
    run: get,
    expect: { error: { code: 'FTP_DATA', message: /EPSV/ } },
    received: { EPSV: 1, PASV: 0 },
  },
  {
    name: 'IPv6 in active mode: EPRT tells the family',
    why: 'RFC 2428 section 2',
    server: { address: '::1', files: FILES },
    client: { mode: 'active' },
    needs: 'ipv6',
    async run(client, context) {
      await get(client, context)
      return context.server.lines.filter(line => line.startsWith('EPRT |2|::1|')).length
    },
    expect: { result: 1 },
    after: { a: 1_000 },
    received: { PORT: 0 },
  },
  {
    name: 'data comes from the same local address as the control connection',
    why: 'FluentFTP #218: servers refuse another',
    server: { files: FILES },
    client: { bind: '127.0.0.7' },
    async run(client, context) {
      await get(client, context)
      return context.events.flatMap(event =>
        event.type === 'data-opened' || event.type === 'connected' ? [event.local.address] : [],
      )
    },
    expect: { result: ['127.0.0.7', '127.0.0.7'] },
    after: { a: 1_000 },
  },
]
