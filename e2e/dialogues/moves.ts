import { BIG } from './stage.ts'
import { each, type Script, type Step } from './step.ts'

const binary: Step = { send: 'TYPE I', expect: 200 }

const fetch = (line: string, content: string | RegExp): Step[] => [
  { data: 'EPSV' },
  { send: line, expect: 150 },
  { get: content },
  { expect: 226 },
]

const store = (line: string, content: string): Step[] => [
  { data: 'EPSV' },
  { send: line, expect: 150 },
  { put: content },
  { expect: 226 },
]

/** Files and listings over data connections, and what is agreed on before. */
export const MOVE_SCRIPTS: readonly Script[] = [
  {
    name: 'RETR of what is not there says so before a data connection is used',
    steps: [
      { data: 'EPSV' },
      ...each(550, 'RETR nothing.txt', 'RETR folder', 'RETR /'),
      { send: 'RETR hello.txt', expect: 150 },
      { get: 'hello' },
      { expect: 226 },
    ],
  },
  {
    name: 'an empty file, both ways',
    steps: [
      ...fetch('RETR empty.txt', ''),
      ...store('STOR empty2.txt', ''),
      { disk: 'empty2.txt', holds: '' },
    ],
  },
  {
    name: 'STOR replaces a file',
    steps: [...store('STOR hello.txt', 'new'), { disk: 'hello.txt', holds: 'new' }],
  },
  {
    name: 'STOR into what is no folder',
    steps: [
      { data: 'EPSV' },
      ...each(550, 'STOR folder', 'STOR /', 'STOR no/such/x', 'STOR hello.txt/x', 'APPE folder'),
    ],
  },
  {
    name: 'APPE adds to a file, and makes one',
    steps: [
      ...store('APPE hello.txt', ' there'),
      { disk: 'hello.txt', holds: 'hello there' },
      ...store('APPE fresh.txt', 'fresh'),
      { disk: 'fresh.txt', holds: 'fresh' },
    ],
  },
  {
    name: 'STOU names the file it makes (RFC 1123), and never replaces one',
    steps: [
      { data: 'EPSV' },
      { send: 'STOU hello.txt', expect: 150, text: /^FILE: hello\.txt\.\w+$/ },
      { put: 'unique' },
      { expect: 226, text: /hello\.txt\.\w+/ },
      { data: 'EPSV' },
      { send: 'STOU', expect: 150, text: /^FILE: \S+$/ },
      { put: 'unique' },
      { expect: 226 },
      { data: 'EPSV' },
      { send: 'STOU brandnew', expect: 150, text: /^FILE: brandnew$/ },
      { put: 'unique' },
      { expect: 226 },
      { disk: 'hello.txt', holds: 'hello' },
      { disk: 'brandnew', holds: 'unique' },
    ],
  },
  {
    name: 'REST and RETR fetch the rest',
    steps: [
      binary,
      { send: 'REST 2', expect: 350 },
      ...fetch('RETR hello.txt', 'llo'),
      ...fetch('RETR hello.txt', 'hello'),
    ],
  },
  {
    name: 'REST to the end of a file fetches nothing, and behind it is refused',
    steps: [
      binary,
      { send: 'REST 5', expect: 350 },
      ...fetch('RETR hello.txt', ''),
      { data: 'EPSV' },
      { send: 'REST 6', expect: 350 },
      { send: 'RETR hello.txt', expect: 554, text: /5 bytes/ },
    ],
  },
  {
    name: 'REST and STOR go on from there',
    steps: [
      binary,
      { send: 'REST 2', expect: 350 },
      ...store('STOR hello.txt', 'LLO!'),
      { disk: 'hello.txt', holds: 'heLLO!' },
    ],
  },
  {
    name: 'REST and STOR behind the end are refused',
    steps: [
      binary,
      { data: 'EPSV' },
      { send: 'REST 6', expect: 350 },
      { send: 'STOR hello.txt', expect: 554 },
      { disk: 'hello.txt', holds: 'hello' },
    ],
  },
  {
    name: 'REST is for the next transfer alone',
    steps: [
      binary,
      { send: 'REST 2', expect: 350 },
      ...fetch('NLST folder', 'folder/inner.txt\r\n'),
      ...fetch('RETR hello.txt', 'hello'),
    ],
  },
  {
    name: 'a refused transfer takes REST away, too',
    steps: [
      binary,
      { data: 'EPSV' },
      { send: 'REST 2', expect: 350 },
      { send: 'RETR nothing.txt', expect: 550 },
      { send: 'RETR hello.txt', expect: 150 },
      { get: 'hello' },
      { expect: 226 },
    ],
  },
  {
    name: 'the last REST counts',
    steps: [binary, ...each(350, 'REST 4', 'REST 1'), ...fetch('RETR hello.txt', 'ello')],
  },
  {
    name: 'RANG fetches a part',
    steps: [
      binary,
      { send: 'RANG 1 3', expect: 350 },
      ...fetch('RETR hello.txt', 'ell'),
      { send: 'RANG 3 100', expect: 350 },
      ...fetch('RETR hello.txt', 'lo'),
      { send: 'RANG 0 0', expect: 350 },
      ...fetch('RETR hello.txt', 'h'),
    ],
  },
  {
    name: 'RANG 1 0 takes a range back',
    steps: [binary, ...each(350, 'RANG 1 3', 'RANG 1 0'), ...fetch('RETR hello.txt', 'hello')],
  },
  {
    name: 'RANG and HASH',
    steps: [
      binary,
      { send: 'OPTS HASH MD5', expect: 200 },
      { send: 'RANG 0 1', expect: 350 },
      { send: 'HASH hello.txt', expect: 213, text: /^MD5 0-1 6f96cfdfe5ccc627cadf24b41725caa4 hello\.txt$/ },
      { send: 'HASH hello.txt', expect: 213, text: /^MD5 0-4 / },
    ],
  },
  {
    name: 'RANG behind the end',
    steps: [
      binary,
      { data: 'EPSV' },
      { send: 'RANG 6 9', expect: 350 },
      { send: 'RETR hello.txt', expect: 554 },
    ],
  },
  {
    name: 'RNFR, something else, RNTO',
    steps: [
      { send: 'RNFR hello.txt', expect: 350 },
      { send: 'NOOP', expect: 200 },
      { send: 'RNTO moved.txt', expect: 250 },
      { disk: 'moved.txt', holds: 'hello' },
    ],
  },
  {
    name: 'RNFR is forgotten when the next thing is another file',
    steps: [
      { send: 'RNFR hello.txt', expect: 350 },
      { send: 'RNFR nothing.txt', expect: 550 },
      { send: 'RNTO moved.txt', expect: 503 },
      { disk: 'hello.txt', holds: 'hello' },
    ],
  },
  {
    name: 'TYPE A sends CRLF, and stores the local line end',
    steps: [
      ...fetch('RETR lines.txt', 'one\r\ntwo\r\n'),
      ...store('STOR lines2.txt', 'a\r\nb\r\n'),
      { disk: 'lines2.txt', holds: 'a\nb\n' },
    ],
  },
  {
    name: 'TYPE A does not double what is CRLF already',
    steps: [
      binary,
      ...store('STOR dos.txt', 'a\r\nb\r\n'),
      { send: 'TYPE A', expect: 200 },
      ...fetch('RETR dos.txt', 'a\r\nb\r\n'),
    ],
  },
  {
    name: 'TYPE I changes nothing',
    steps: [
      binary,
      ...fetch('RETR lines.txt', 'one\ntwo\n'),
      ...store('STOR raw.bin', 'a\r\nb\n\r\xff\0'),
      { disk: 'raw.bin', holds: 'a\r\nb\n\r\xff\0' },
    ],
  },
  {
    name: 'MODE Z that is no zlib stream is broken',
    steps: [
      binary,
      { send: 'MODE Z', expect: 200 },
      { data: 'EPSV' },
      { send: 'STOR z.txt', expect: 150 },
      { put: 'this is not zlib' },
      { expect: 426 },
      { send: 'MODE S', expect: 200 },
      { disk: 'z.txt', holds: undefined },
    ],
  },
  {
    name: 'MODE Z that stops being a zlib stream is broken off there',
    steps: [
      binary,
      { send: 'MODE Z', expect: 200 },
      { data: 'EPSV' },
      { send: 'STOR z.txt', expect: 150 },
      { put: `\x78\x9c\xcb\x48${'this is not zlib'.repeat(1000)}`, end: 'open' },
      { expect: 426 },
      { disk: 'z.txt', holds: undefined },
    ],
  },
  {
    name: 'MODE Z that ends too early is broken',
    steps: [
      binary,
      { send: 'MODE Z', expect: 200 },
      { data: 'EPSV' },
      { send: 'STOR z.txt', expect: 150 },
      { put: '\x78\x9c\xcb\x48\xcd' },
      { expect: 426 },
      { disk: 'z.txt', holds: undefined },
    ],
  },
  {
    name: 'MODE Z that is whole is stored inflated',
    steps: [
      binary,
      { send: 'MODE Z', expect: 200 },
      ...store('STOR z.txt', '\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15'),
      { disk: 'z.txt', holds: 'hello' },
    ],
  },
  {
    name: 'listings with the options that clients send by habit',
    steps: [
      ...fetch('LIST -la folder', /^-rw.* inner\.txt\r\n$/),
      ...fetch('LIST -a', /hello\.txt\r\n/),
      ...fetch('NLST -l -a folder', 'folder/inner.txt\r\n'),
      ...fetch('LIST -R', /\.\/folder:\r\n-rw.* inner\.txt\r\n/),
      ...fetch('LIST *.txt', /^(?!.*inner)[\s\S]*hello\.txt\r\n/),
      ...fetch('NLST hel?o.*', 'hello.txt\r\n'),
      ...fetch('NLST *.none', ''),
      ...fetch('LIST hello.txt', /^-rw.* hello\.txt\r\n$/),
    ],
  },
  {
    name: 'listings of what cannot be listed',
    steps: [
      { data: 'EPSV' },
      ...each(550, 'LIST nothing', 'NLST nothing', 'MLSD nothing'),
      { send: 'MLSD hello.txt', expect: 501 },
    ],
  },
  {
    name: 'MLSD tells the facts that OPTS MLST asked for',
    steps: [
      { send: 'OPTS MLST size;', expect: 200 },
      ...fetch('MLSD folder', 'size=5; inner.txt\r\n'),
      { send: 'OPTS MLST', expect: 200 },
      ...fetch('MLSD folder', ' inner.txt\r\n'),
    ],
  },
  ...(['PASV', 'EPSV', 'PORT', 'EPRT'] as const).map(
    (data): Script => ({
      name: `${data}, both ways`,
      steps: [
        { data },
        { send: 'RETR hello.txt', expect: 150 },
        { get: 'hello' },
        { expect: 226 },
        { data },
        { send: 'STOR up.txt', expect: 150 },
        { put: 'up' },
        { expect: 226 },
        { disk: 'up.txt', holds: 'up' },
      ],
    }),
  ),
  {
    name: 'a data connection is good for one transfer',
    steps: [...fetch('RETR hello.txt', 'hello'), ...each(425, 'RETR hello.txt', 'LIST', 'STOR x')],
  },
  {
    name: 'a second PASV replaces the first',
    steps: [
      { data: 'PASV' },
      { data: 'PASV' },
      { send: 'RETR hello.txt', expect: 150 },
      { get: 'hello' },
      { expect: 226 },
    ],
  },
  {
    name: 'PORT after EPSV counts',
    steps: [
      { data: 'EPSV', dial: false },
      { data: 'PORT' },
      { send: 'RETR hello.txt', expect: 150 },
      { get: 'hello' },
      { expect: 226 },
    ],
  },
  {
    name: 'EPSV after PORT counts',
    steps: [
      { data: 'PORT' },
      { data: 'EPSV' },
      { send: 'RETR hello.txt', expect: 150 },
      { get: 'hello' },
      { expect: 226 },
    ],
  },
  {
    name: 'ABOR takes an agreement back',
    steps: [{ data: 'EPSV' }, { send: 'ABOR', expect: 226 }, { send: 'LIST', expect: 425 }],
  },
  {
    name: 'EPSV ALL refuses every other way',
    steps: [
      { send: 'EPSV ALL', expect: 200 },
      { listen: true },
      ...each(503, 'PASV', 'PORT 127,0,0,1,{portBytes}', 'EPRT |1|127.0.0.1|{port}|'),
      ...fetch('RETR hello.txt', 'hello'),
      { send: 'EPSV 1', expect: 229 },
    ],
  },
  {
    name: 'PORT to somebody else is refused, and says why',
    steps: [
      { listen: true },
      { send: 'PORT 10,0,0,1,200,1', expect: 500, text: /RFC 2577/ },
      { send: 'PORT 127,0,0,2,{portBytes}', expect: 500, text: /127\.0\.0\.2/ },
      { send: 'EPRT |1|10.0.0.1|50000|', expect: 500, text: /RFC 2577/ },
      { send: 'EPRT |2|::1|50000|', expect: 500 },
      { send: 'PORT 0,0,0,0,200,1', expect: 200, text: /127\.0\.0\.1/ },
      { send: 'PORT 255,255,255,255,200,1', expect: 500 },
      { send: 'LIST', expect: 425 },
    ],
  },
  {
    name: 'PORT to the port of a service is refused',
    steps: [
      { send: 'PORT 127,0,0,1,0,25', expect: 500, text: /1024/ },
      { send: 'EPRT |1|127.0.0.1|1023|', expect: 500, text: /1024/ },
      { send: 'LIST', expect: 425 },
    ],
  },
  {
    name: 'a refused PORT leaves what was agreed on before',
    steps: [
      { data: 'EPSV' },
      { send: 'PORT 10,0,0,1,200,1', expect: 500 },
      { send: 'RETR hello.txt', expect: 150 },
      { get: 'hello' },
      { expect: 226 },
    ],
  },
  {
    name: 'EPRT with an IPv4 address in IPv6 form',
    steps: [
      { listen: true },
      { send: 'EPRT |2|::ffff:127.0.0.1|{port}|', expect: 200 },
      { send: 'RETR hello.txt', expect: 150 },
      { get: 'hello' },
      { expect: 226 },
    ],
  },
  {
    name: 'the client resets the data connection of an upload',
    steps: [
      { data: 'EPSV' },
      { send: 'STOR up.txt', expect: 150 },
      { put: 'half', end: 'reset' },
      { expect: 426 },
      { disk: 'up.txt', holds: undefined },
    ],
  },
  {
    name: 'the client resets the data connection of a download',
    steps: [
      binary,
      { data: 'EPSV' },
      { send: 'RETR big.bin', expect: 150 },
      { put: '', end: 'reset' },
      { expect: 426 },
    ],
  },
  {
    name: 'a large file in one piece',
    steps: [binary, { data: 'EPSV' }, { send: 'RETR big.bin', expect: 150 }, { drain: BIG }, { expect: 226 }],
  },
]
