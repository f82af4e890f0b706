import { BIG } from './stage.ts'
import type { Script, Step } from './step.ts'

/** A download that does not end before the client reads. */
const running: readonly Step[] = [
  { send: 'TYPE I', expect: 200 },
  { data: 'EPSV' },
  { send: 'RETR big.bin', expect: 150 },
]
/** An upload that does not end before the client ends it. */
const receiving: readonly Step[] = [
  { send: 'TYPE I', expect: 200 },
  { data: 'EPSV' },
  { send: 'STOR up.bin', expect: 150 },
  { put: 'half', end: 'open' },
]
/** A transfer whose data connection nobody has made. */
const awaiting: readonly Step[] = [
  { data: 'EPSV', dial: false },
  { send: 'RETR hello.txt', expect: [] },
]

const TELNET_ABOR = '\xff\xf4\xff\xf2ABOR\r\n'

/** Commands while data moves: ABOR, STAT and NOOP act at once, everything else in its turn. */
export const DURING_SCRIPTS: readonly Script[] = [
  {
    name: 'NOOP during a download',
    steps: [
      ...running,
      { send: 'NOOP', expect: 200 },
      { send: 'NOOP', expect: 200 },
      { drain: BIG },
      { expect: 226 },
    ],
  },
  {
    name: 'STAT during a download tells how far it is',
    steps: [
      ...running,
      { send: 'STAT', expect: 211, text: /RETR \/big\.bin: \d+ of 16777216 bytes/ },
      { drain: BIG },
      { expect: 226 },
    ],
  },
  {
    name: 'STAT with a path during a download',
    steps: [...running, { send: 'STAT folder', expect: 213, text: /inner/ }, { drain: BIG }, { expect: 226 }],
  },
  {
    name: 'ABOR during a download',
    steps: [...running, { send: 'ABOR', expect: [426, 226] }, { drain: 'reset' }],
  },
  {
    name: 'ABOR during an upload',
    steps: [...receiving, { send: 'ABOR', expect: [426, 226] }, { disk: 'up.bin', holds: undefined }],
  },
  {
    name: 'ABOR during a listing',
    steps: [
      { data: 'EPSV', dial: false },
      { send: 'LIST', expect: [] },
      { send: 'ABOR', expect: [426, 226] },
    ],
  },
  {
    name: 'ABOR as telnet asks for it (IAC IP IAC DM)',
    steps: [...running, { bytes: TELNET_ABOR, expect: [426, 226] }],
  },
  {
    name: 'ABOR as it arrives when the urgent byte got lost',
    steps: [...running, { bytes: '\xf2ABOR\r\n', expect: [426, 226] }],
  },
  {
    name: 'ABOR in lower case, with a bare line feed',
    steps: [...running, { bytes: 'abor\n', expect: [426, 226] }],
  },
  {
    name: 'ABOR without its line feed, which urgent data has lost',
    steps: [...running, { bytes: 'ABOR\r', expect: [426, 226] }],
  },
  {
    name: 'ABOR and STAT in one packet',
    steps: [...running, { bytes: 'STAT\r\nABOR\r\n', expect: [211, 426, 226] }],
  },
  { name: 'ABOR twice', steps: [...running, { bytes: 'ABOR\r\nABOR\r\n', expect: [426, 226, 226] }] },
  {
    name: 'ABOR before anybody has come for the data',
    steps: [...awaiting, { send: 'ABOR', expect: [426, 226] }],
  },
  {
    name: 'NOOP and STAT before anybody has come for the data',
    steps: [
      ...awaiting,
      { send: 'NOOP', expect: 200 },
      { send: 'STAT', expect: 211 },
      { send: 'ABOR', expect: [426, 226] },
    ],
  },
  {
    name: 'nobody comes: 425 names the port and the seconds',
    steps: [...awaiting, { expect: 425, text: /port \d+ within 2 seconds/ }],
  },
  {
    name: 'ABOR acts although another command waits before it',
    steps: [...running, { bytes: 'PWD\r\nABOR\r\n', expect: [426, 257, 226] }],
  },
  {
    name: 'ABOR acts although a command that came earlier waits before it',
    steps: [
      ...running,
      { send: 'PWD', expect: [] },
      { send: 'NOOP', expect: [] },
      { send: 'ABOR', expect: [426, 257, 200, 226] },
    ],
  },
  {
    name: 'PWD during a download is answered after it',
    steps: [...running, { send: 'PWD', expect: [] }, { drain: BIG }, { expect: [226, 257] }],
  },
  {
    name: 'an unknown command during a download is answered after it',
    steps: [...running, { send: 'FROBNICATE', expect: [] }, { drain: BIG }, { expect: [226, 500] }],
  },
  {
    name: 'an empty line during a download is answered after it',
    steps: [...running, { bytes: '\r\n', expect: [] }, { drain: BIG }, { expect: [226, 500] }],
  },
  {
    name: 'a line that is too long during a download',
    steps: [
      ...running,
      { bytes: `${'x'.repeat(20_000)}\r\n`, expect: [] },
      { drain: BIG },
      { expect: [226, 500] },
    ],
  },
  {
    name: 'a second RETR during a download has no data connection',
    steps: [...running, { send: 'RETR hello.txt', expect: [] }, { drain: BIG }, { expect: [226, 425] }],
  },
  {
    name: 'EPSV during a download is for the next one',
    steps: [...running, { send: 'EPSV', expect: [] }, { drain: BIG }, { expect: [226, 229] }],
  },
  {
    name: 'USER during a download is answered after it',
    steps: [...running, { send: 'USER x', expect: [] }, { drain: BIG }, { expect: [226, 503] }],
  },
  {
    name: 'REIN lets a download finish',
    steps: [...running, { send: 'REIN', expect: [] }, { drain: BIG }, { expect: [226, 220] }],
  },
  {
    name: 'QUIT lets a download finish (RFC 959 section 4.1.1)',
    steps: [...running, { send: 'QUIT', expect: [] }, { drain: BIG }, { expect: [226, 221] }],
    ends: 'closed',
  },
  {
    name: 'QUIT lets an upload finish',
    steps: [
      ...receiving,
      { send: 'QUIT', expect: [] },
      { put: ' and half' },
      { expect: [226, 221] },
      { disk: 'up.bin', holds: 'half and half' },
    ],
    ends: 'closed',
  },
  {
    name: 'DELE of a file that is being sent waits',
    steps: [...running, { send: 'DELE big.bin', expect: [] }, { drain: BIG }, { expect: [226, 250] }],
  },
  {
    name: 'fifty NOOPs during a download',
    steps: [
      ...running,
      { bytes: 'NOOP\r\n'.repeat(50), expect: Array(50).fill(200) },
      { drain: BIG },
      { expect: 226 },
    ],
  },
  {
    name: 'a second upload of the same name while the first runs is not mixed with it',
    steps: [
      ...receiving,
      { send: 'SIZE up.bin', expect: [] },
      { put: '' },
      { expect: [226, 213], text: /^4$/ },
    ],
  },
]
