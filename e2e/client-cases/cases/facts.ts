import { createHash } from 'node:crypto'
import type { ClientCase } from '../case.ts'
import { bytesOf, inTurn } from '../script.ts'

const FILES = { a: 1_000 }
const WHOLE = { a: bytesOf(1_000) }
const get: ClientCase['run'] = (client, { target }) => client.download('a', target('a'))
const verified: ClientCase['run'] = (client, { target }) =>
  client.download('a', target('a'), { verify: 'checksum' })
const RIGHT = createHash('md5').update(WHOLE.a).digest('hex')
const WRONG = 'd41d8cd98f00b204e9800998ecf8427e'
const HASHES = ['SIZE', 'MDTM', 'XMD5', 'REST STREAM']
const LINE = '-rw-r--r--   1 ftp      ftp            10 Jan 02 2024 one.txt\r\n'

/** What servers tell of files, and of us. */
export const FACT_CASES: readonly ClientCase[] = [
  ...['213 yesterday', '213 20241301000000', '213', '550 No'].map(
    (reply): ClientCase => ({
      name: `a time that cannot be read (${reply}): the file all the same`,
      why: 'a server that lies',
      server: { files: FILES, on: { MDTM: [reply] } },
      run: get,
      expect: { result: { bytes: 1_000, modified: undefined } },
      after: WHOLE,
    }),
  ),
  {
    name: 'MLST that holds no entry: SIZE and MDTM tell',
    why: 'a server that lies',
    server: {
      files: FILES,
      features: ['MLST type*;size*;', 'SIZE', 'MDTM'],
      on: { MLST: [{ raw: '250-Listing\r\n what is this\r\n250 End\r\n' }] },
    },
    run: get,
    expect: { result: { bytes: 1_000, modified: 1_704_164_645_000 } },
    after: WHOLE,
  },
  {
    name: 'MLST of a folder is no file to be fetched',
    why: 'typed errors',
    server: {
      features: ['MLST type*;size*;'],
      on: { MLST: [{ raw: '250-Listing\r\n type=dir; a\r\n250 End\r\n' }] },
    },
    run: get,
    expect: { error: { code: 'FTP_REPLY', message: /folder/ } },
    received: { RETR: 0 },
  },
  {
    name: 'the server’s checksum is compared',
    why: 'checksum verification',
    server: { files: FILES, features: HASHES, on: { XMD5: [`250 ${RIGHT}`] } },
    run: verified,
    expect: { result: { bytes: 1_000, checksum: { algorithm: 'MD5', hash: RIGHT } } },
    after: WHOLE,
  },
  {
    name: 'another checksum than the server’s is no file, and is tried again as often as allowed',
    why: 'never a half file',
    server: { files: FILES, features: HASHES, on: { XMD5: [`250 ${WRONG}`] } },
    client: { retry: { retries: 1 } },
    run: verified,
    expect: { error: { code: 'FTP_VERIFY', phase: 'completion' } },
    received: { RETR: 2 },
  },
  {
    name: 'a checksum that is right the second time',
    why: 'retry',
    server: { files: FILES, features: HASHES, on: { XMD5: inTurn([`250 ${WRONG}`], [`250 ${RIGHT}`]) } },
    client: { retry: { retries: 1 } },
    run: verified,
    expect: { result: { bytes: 1_000 } },
    after: WHOLE,
    received: { RETR: 2, REST: 0 },
  },
  {
    name: 'a checksum that is none',
    why: 'a server that lies',
    server: { files: FILES, features: HASHES, on: { XMD5: ['250 computing...'] } },
    run: verified,
    expect: { error: { code: 'FTP_PROTOCOL', message: /MD5/ } },
    after: { a: { part: 1_000 } },
  },
  {
    name: 'HASH answered with garbage',
    why: 'a server that lies',
    server: { files: FILES, features: ['HASH SHA-256*', 'SIZE', 'MDTM'], on: { HASH: ['213 what?'] } },
    run: client => client.checksum('a'),
    expect: { error: { code: 'FTP_PROTOCOL' } },
  },
  {
    name: 'HASH answered with another algorithm',
    why: 'a server that lies',
    server: {
      files: FILES,
      features: ['HASH SHA-256*', 'SIZE', 'MDTM'],
      on: { HASH: [`213 MD5 0-999 ${RIGHT} a`] },
    },
    run: client => client.checksum('a'),
    expect: { error: { code: 'FTP_PROTOCOL' } },
  },
  {
    name: 'a checksum of a server that has none',
    why: 'typed errors',
    server: { files: FILES },
    run: client => client.checksum('a'),
    expect: { error: { code: 'FTP_UNSUPPORTED', retryable: false } },
  },
  {
    name: 'LIST has no zone: one MDTM tells how far the server’s clock is ahead, and it is not asked again',
    why: 'jlaffaye #391',
    server: {
      on: {
        LIST: [
          '150 Coming',
          { accept: true },
          { data: { send: '-rw-r--r--   1 ftp      ftp            10 {now} one.txt\r\n' } },
          { data: { end: 'clean' } },
          '226 Listed',
        ],
        MDTM: ['213 {utc}'],
      },
    },
    async run(client, { events }) {
      await client.list()
      await client.list()
      return events.some(event => event.type === 'decision' && /120 minutes ahead/.test(event.because.text))
    },
    expect: { result: true },
    received: { MDTM: 1 },
    events: ['zone-by-mdtm'],
  },
  {
    name: 'a day in a listing has no zone, and MDTM is not asked',
    why: 'jlaffaye/ftp #391',
    server: {
      on: {
        LIST: [
          '150 Coming',
          { accept: true },
          { data: { send: LINE } },
          { data: { end: 'clean' } },
          '226 Listed',
        ],
      },
    },
    run: client => client.list(),
    expect: { result: { entries: [{ name: 'one.txt', precision: 'day' }] } },
    received: { MDTM: 0 },
  },
  {
    name: 'the external address as the server sees it, from STAT',
    why: 'asked from the server’s own view',
    server: {
      files: FILES,
      on: {
        STAT: [{ raw: '211-Status\r\n Connected to 127.0.0.5\r\n211 End\r\n' }],
        EPRT: ['500 No'],
        PORT: ['500 No'],
      },
    },
    client: { mode: 'active', externalAddress: 'ask' },
    run: get,
    expect: { error: { code: 'FTP_DATA', message: /127\.0\.0\.5/ } },
    received: { STAT: 1 },
    events: ['active-seen'],
  },
  {
    name: 'a server that does not tell how it sees us: the local address',
    why: 'the modes of a connection',
    server: { files: FILES, on: { STAT: ['502 No'] } },
    client: { mode: 'active', externalAddress: 'ask' },
    run: get,
    expect: { result: { bytes: 1_000 } },
    after: WHOLE,
    events: ['active-not-told'],
  },
  {
    name: 'CCC refused: the session goes on under TLS, with a warning',
    why: 'proftpd #876',
    server: { on: { CCC: ['534 Not here'], 'AUTH TLS': ['234 Go on', { handshake: 'self-signed' }] } },
    client: { tls: 'explicit', tlsOptions: { verify: false, clearControl: true } },
    run: client => client.pwd(),
    expect: { result: '/' },
    received: { CCC: 1 },
    events: ['ccc-refused'],
  },
]
