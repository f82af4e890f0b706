import { each, type Script, type Step } from './step.ts'

/** A first ClientHello, as far as it matters: record header, handshake header, version. */
const CLIENT_HELLO = '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'

const chars = (text: string): Step[] =>
  [...text].map((bytes, index) => ({ bytes, expect: index === text.length - 1 ? 200 : [] }))

/** Bytes that no client sends, or that another protocol's client sends. */
export const HOSTILE_SCRIPTS: readonly Script[] = [
  { name: 'a command byte by byte', steps: chars('NOOP\r\n') },
  {
    name: 'a line in two halves',
    steps: [
      { bytes: 'PW', expect: [] },
      { bytes: 'D\r', expect: [] },
      { bytes: '\nNO', expect: 257 },
      { bytes: 'OP\n', expect: 200 },
    ],
  },
  { name: 'lines that end in LF alone', steps: [{ bytes: 'NOOP\nPWD\nNOOP\n', expect: [200, 257, 200] }] },
  { name: 'CR CR LF', steps: [{ bytes: 'NOOP\r\r\n', expect: 500 }] },
  {
    name: 'CR in the path of STAT',
    steps: [{ bytes: 'STAT hello*\rSIZE x\r\n', expect: 213, text: /^Status of "\/hello\*\?SIZE x":/ }],
  },
  { name: 'empty lines', steps: [{ bytes: '\r\n\r\n\n', expect: [500, 500, 500] }] },
  { name: 'blanks alone', steps: each(500, ' ', '\t', '   NOOP') },
  {
    name: 'commands that do not exist',
    steps: each(
      500,
      'FROBNICATE',
      'X',
      'RETRIEVE x',
      'constructor',
      '__proto__',
      'toString',
      'SMNT /x',
      'NOOPE',
    ),
  },
  {
    name: 'punctuation, digits and colours',
    steps: each(500, '!', '?', '123 x', '#NOOP', '\x1b[31mNOOP', 'NOOP\tx', "' OR 1=1 --", '{"verb":"NOOP"}'),
  },
  {
    name: 'bytes that are no text',
    steps: [
      { bytes: '\x80\x81\x82\r\n', expect: 500 },
      { bytes: '\xc3\x28\r\n', expect: 500 },
      { bytes: '\x00\x01\x02\r\n', expect: 500 },
    ],
  },
  {
    name: 'NUL in a verb',
    steps: [
      { bytes: 'NO\0OP\r\n', expect: 500 },
      { bytes: '\0NOOP\r\n', expect: 500 },
    ],
  },
  { name: 'a verb of 200 letters', steps: each(500, 'V'.repeat(200), `${'V'.repeat(200)} x`) },
  {
    name: 'a line of 8192 bytes is read, one of 8193 is not',
    steps: [
      { bytes: `NOOP ${'x'.repeat(8187)}\r\n`, expect: 200 },
      { bytes: `NOOP ${'x'.repeat(8188)}\r\n`, expect: 500 },
    ],
  },
  {
    name: 'a line of 100 kB',
    steps: [{ bytes: `CWD ${'x'.repeat(100_000)}\r\n`, expect: 500, text: /8192/ }],
  },
  {
    name: 'a line of 100 kB before login',
    as: 'nobody',
    steps: [{ bytes: `${'x'.repeat(100_000)}\r\n`, expect: 500 }],
  },
  {
    name: 'ten lines of 100 kB, with NOOP between them',
    steps: [
      { bytes: `${'x'.repeat(100_000)}\r\nNOOP\r\n`.repeat(10), expect: Array(10).fill([500, 200]).flat() },
    ],
  },
  {
    name: '500 pipelined commands',
    steps: [{ bytes: 'NOOP\r\n'.repeat(500), expect: Array(500).fill(200) }],
  },
  {
    name: '500 pipelined commands of five kinds',
    steps: [
      {
        bytes: 'NOOP\r\nPWD\r\nFROBNICATE\r\nRETR\r\nSIZE nothing.txt\r\n'.repeat(100),
        expect: Array(100).fill([200, 257, 500, 501, 550]).flat(),
      },
    ],
  },
  {
    name: '500 pipelined commands before login',
    as: 'nobody',
    steps: [{ bytes: 'PWD\r\n'.repeat(500), expect: Array(500).fill(530) }],
  },
  {
    name: '300 pipelined commands that each ask the controller or the disk',
    steps: [
      { bytes: 'STAT .\r\nMKD d\r\nRMD d\r\n'.repeat(100), expect: Array(100).fill([213, 257, 250]).flat() },
    ],
  },
  {
    name: '200 reservations of passive ports in one packet',
    steps: [{ bytes: 'EPSV\r\n'.repeat(200), expect: Array(200).fill(229) }],
  },
  {
    name: 'a pipelined login',
    as: 'nobody',
    steps: [{ bytes: 'USER alice-of-logins\r\nPASS open sesame\r\nPWD\r\n', expect: [331, 230, 257] }],
  },
  {
    name: 'a pipelined transfer',
    steps: [
      { data: 'EPSV' },
      { bytes: 'TYPE I\r\nREST 2\r\nRETR hello.txt\r\nPWD\r\n', expect: [200, 350, 150] },
      { get: 'llo' },
      { expect: [226, 257] },
    ],
  },
  {
    name: 'telnet negotiation is taken out',
    steps: [{ bytes: '\xff\xfb\x01NO\xff\xfd\x03OP\xff\xf1\r\n', expect: 200 }],
  },
  {
    name: 'telnet subnegotiation is taken out',
    steps: [{ bytes: '\xff\xfa\x18\x00xterm\xff\xf0NOOP\r\n', expect: 200 }],
  },
  {
    name: 'a telnet subnegotiation that never ends swallows no command',
    steps: [{ bytes: `\xff\xfa\x18${'x'.repeat(100)}\r\nNOOP\r\n`, expect: [500, 200] }],
  },
  {
    name: 'the telnet interrupt before a command',
    steps: [{ bytes: '\xff\xf4\xff\xf2NOOP\r\n', expect: 200 }],
  },
  { name: 'a format string', steps: each(550, 'CWD %s%s%s%n', 'DELE %x%x%x', 'MDTM $' + '{jndi:ldap://x}') },
  {
    name: 'HTTP GET',
    as: 'nobody',
    steps: [{ bytes: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', expect: 421 }],
    ends: 'closed',
  },
  {
    name: 'HTTP POST with FTP commands in its body',
    as: 'nobody',
    steps: [
      {
        bytes: 'POST / HTTP/1.1\r\nHost: x\r\n\r\nUSER alice-of-logins\r\nPASS open sesame\r\n',
        expect: 421,
      },
    ],
    ends: 'closed',
  },
  {
    name: 'HTTP after login',
    steps: [
      { bytes: 'PUT /hello.txt HTTP/1.0\r\n\r\n', expect: 421 },
      { disk: 'hello.txt', holds: 'hello' },
    ],
    ends: 'closed',
  },
  {
    name: 'the preface of HTTP/2',
    as: 'nobody',
    steps: [{ bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', expect: 421 }],
    ends: 'closed',
  },
  {
    name: 'SMTP',
    as: 'nobody',
    steps: [{ bytes: 'EHLO x\r\nMAIL FROM:<x>\r\n', expect: 421 }],
    ends: 'closed',
  },
  { name: 'SSH', as: 'nobody', steps: [{ bytes: 'SSH-2.0-OpenSSH_9.2\r\n', expect: 421 }], ends: 'closed' },
  {
    name: 'TLS on a listener in the clear',
    as: 'nobody',
    steps: [{ bytes: `${CLIENT_HELLO}${'\x11'.repeat(500)}\n`, expect: [] }],
    ends: 'cut',
  },
  {
    name: 'TLS without a byte that looks like a line end',
    as: 'nobody',
    steps: [{ bytes: `${CLIENT_HELLO}${'\x11'.repeat(500)}`, expect: [] }],
    ends: 'cut',
  },
  {
    name: 'PROXY protocol from somebody who is no load balancer',
    as: 'nobody',
    steps: [
      { bytes: 'PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n', expect: 500 },
      { send: 'STAT', expect: 211, text: /127\.0\.0\.1/ },
    ],
  },
  { name: 'reply codes as commands', steps: each(500, '226 Transfer complete', '331', '150 x') },
  {
    name: 'the same preparation again and again',
    steps: [
      ...each(350, ...Array(50).fill('RNFR hello.txt')),
      { send: 'RNTO moved.txt', expect: 250 },
      { send: 'RNTO moved.txt', expect: 503 },
    ],
  },
]
