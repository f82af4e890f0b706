import { each, type Script, type Step } from './step.ts'

/** Stores, lists, reads back and deletes a name given as bytes (Latin-1). */
function roundTrip(name: string): Step[] {
  return [
    { data: 'EPSV' },
    { bytes: `STOR ${name}\r\n`, expect: 150 },
    { put: 'content' },
    { expect: 226 },
    { data: 'EPSV' },
    { send: 'NLST', expect: 150 },
    { get: new RegExp(`(^|\n)${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}\r\n`) },
    { expect: 226 },
    { data: 'EPSV' },
    { bytes: `RETR ${name}\r\n`, expect: 150 },
    { get: 'content' },
    { expect: 226 },
    { bytes: `DELE ${name}\r\n`, expect: 250 },
    { bytes: `DELE ${name}\r\n`, expect: 550 },
  ]
}

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

const ROUND_TRIPS = [
  { what: 'UTF-8', name: utf8('Übergröße 漢字 🚢.txt') },
  { what: 'decomposed UTF-8, which stays as it is', name: utf8('u\u0308.txt') },
  { what: 'Latin-1, which is not UTF-8', name: 'gr\xfc\xdfe' },
  {
    what: 'every byte from 0x80 to 0xFE',
    name: Array.from({ length: 127 }, (_, index) => String.fromCharCode(0x80 + index)).join(''),
  },
  { what: 'half of a UTF-8 sequence', name: 'broken\xe2\x82' },
  { what: 'an overlong slash, which is no slash', name: 'a\xc0\xafb' },
  { what: 'blanks inside and at its end', name: 'a  b ' },
  { what: 'quotes', name: 'say "hello"' },
  { what: 'a backslash', name: 'a\\..\\b' },
  { what: 'glob characters', name: '[a]*?{b}' },
  { what: 'a hyphen in front', name: '-la' },
  { what: 'three dots', name: '...' },
  { what: 'a percent sign', name: '%n%s%2e%2e%2f' },
  { what: 'a shell command', name: '$(id);`id`|id&' },
  { what: 'control characters', name: 'a\x01\x1b[31m\x7f' },
  { what: '255 bytes', name: 'n'.repeat(255) },
  { what: 'a colon and a semicolon', name: 'c:x; y' },
  { what: 'a tilde', name: '~root' },
]

/** Names of files: every one survives, none leaves the root, none forges a line. */
export const NAME_SCRIPTS: readonly Script[] = [
  ...ROUND_TRIPS.map(
    ({ what, name }): Script => ({
      name: `a name with ${what} survives STOR, NLST, RETR and DELE`,
      steps: roundTrip(name),
    }),
  ),
  {
    name: 'the byte 0xFF travels doubled (RFC 854)',
    steps: [
      { data: 'EPSV' },
      { bytes: 'STOR a\xff\xffb\r\n', expect: 150 },
      { put: 'content' },
      { expect: 226 },
      { bytes: 'SIZE a\xff\xffb\r\n', expect: 550 },
      { send: 'TYPE I', expect: 200 },
      { bytes: 'SIZE a\xff\xffb\r\n', expect: 213 },
      { bytes: 'DELE a\xff\xffb\r\n', expect: 250 },
    ],
  },
  {
    name: 'a file with a Latin-1 name from elsewhere can be fetched',
    steps: [
      { data: 'EPSV' },
      { bytes: 'RETR latin1-\xe4\xff\xff\r\n', expect: 150 },
      { get: 'latin-1' },
      { expect: 226 },
    ],
  },
  {
    name: 'a name of 256 bytes',
    steps: [{ data: 'EPSV' }, ...each(553, `STOR ${'n'.repeat(256)}`, `MKD ${'n'.repeat(256)}`)],
  },
  {
    name: 'a path of 8000 bytes that leads back to the root',
    steps: [{ send: `CWD ${'a/../'.repeat(1600)}`, expect: 250 }],
  },
  {
    name: 'a path of 4000 folders',
    steps: [
      { send: `CWD ${'a/'.repeat(4000)}`, expect: 553 },
      { data: 'EPSV' },
      { send: `STOR ${'a/'.repeat(4000)}b`, expect: 553 },
    ],
  },
  {
    name: 'a name with an escape of a line end in it',
    steps: [
      { send: 'MKD a%0d%0aDELE hello.txt', expect: 257 },
      { disk: 'hello.txt', holds: 'hello' },
    ],
  },
  { name: 'NUL in a name', steps: each(501, 'MKD a\0b', 'DELE hello.txt\0.jpg', 'SIZE \0', 'CWD folder\0') },
  {
    name: 'a bare CR in a name is no line end',
    steps: [
      { bytes: 'MKD a\rDELE hello.txt\r\n', expect: [257] },
      { disk: 'hello.txt', holds: 'hello' },
    ],
  },
  { name: 'a CR that is written as RFC 854 says', steps: [{ bytes: 'MKD a\r\0b\r\n', expect: [257] }] },
  {
    name: 'a line feed in a name is a line end',
    steps: [{ bytes: 'MKD a\nDELE nothing.txt\r\n', expect: [257, 550] }],
  },
  {
    name: 'a name with a line end on disk forges no line of a listing',
    steps: [
      { data: 'EPSV' },
      { send: 'NLST', expect: 150 },
      { get: /^(?!226 forged)(?:(?!\n226 forged)[\s\S])*$/ },
      { expect: 226 },
      { data: 'EPSV' },
      { send: 'LIST', expect: 150 },
      { get: /^(?:[-dl][rwxsStT-]{9} [^\r\n]*\r\n)+$/ },
      { expect: 226 },
      { data: 'EPSV' },
      { send: 'MLSD', expect: 150 },
      { get: /^(?:(?:[A-Za-z.]+=[^\r\n;]*;)+ [^\r\n]*\r\n)+$/ },
      { expect: 226 },
    ],
  },
  {
    name: 'a name with a line end on disk forges no reply',
    steps: [
      { send: 'STAT .', expect: 213 },
      { send: 'STAT evil*', expect: 213 },
      { send: 'MLST', expect: 250 },
    ],
  },
  {
    name: 'a quote is doubled in the answer to PWD',
    steps: [
      { send: 'MKD a"b""c', expect: 257, text: /^"\/a""b""""c" / },
      { send: 'CWD a"b""c', expect: 250 },
      { send: 'PWD', expect: 257, text: /^"\/a""b""""c" / },
    ],
  },
  {
    name: 'an undecodable folder is told as it is',
    steps: [
      { bytes: 'MKD f\xfc\r\n', expect: 257 },
      { bytes: 'CWD f\xfc\r\n', expect: 250 },
      { send: 'PWD', expect: 257 },
      { send: 'CDUP', expect: 250 },
      { bytes: 'RMD f\xfc\r\n', expect: 250 },
    ],
  },
  {
    name: '.. does not leave the root',
    steps: [
      { send: 'CWD ../../..', expect: 250 },
      { send: 'PWD', expect: 257, text: /^"\/" / },
      ...each(250, 'CDUP', 'CWD /..', 'CWD folder/../..'),
      ...each(
        550,
        'CWD /../../../etc',
        'CWD ../alice-0',
        'MDTM ../../../../../../etc/passwd',
        'STAT ../../../../etc/passwd',
        'MLST /../../etc/passwd',
      ),
      { data: 'EPSV' },
      ...each(
        550,
        'RETR ../../../../../../etc/passwd',
        'RETR /../etc/passwd',
        'RETR folder/../../../etc/passwd',
        'NLST ../../etc',
        'LIST ..\\..\\etc',
      ),
      { send: 'STOR ../../up.txt', expect: 150 },
      { put: 'up' },
      { expect: 226 },
      { disk: 'up.txt', holds: 'up' },
      { send: 'RNFR up.txt', expect: 350 },
      { send: 'RNTO ../../../moved.txt', expect: 250 },
      { disk: 'moved.txt', holds: 'up' },
    ],
  },
  {
    name: 'a link that leads out of the root leads nowhere',
    steps: [
      ...each(
        550,
        'CWD outside',
        'CWD outside/ssl',
        'MLST outside/passwd',
        'MDTM outside/passwd',
        'STAT outside/passwd',
        'MKD outside/x',
        'DELE outside/passwd',
        'HASH outside/passwd',
      ),
      ...each(
        550,
        'RNFR outside/passwd',
        'SITE CHMOD 600 outside/passwd',
        'SITE CPFR outside/passwd',
        'XCRC outside/passwd',
        'SITE UTIME 20210101000000 outside/passwd',
      ),
      { data: 'EPSV' },
      ...each(550, 'RETR outside/passwd', 'STOR outside/x', 'APPE outside/passwd', 'MLSD outside'),
      { send: 'DELE outside', expect: 250 },
      { send: 'DELE outside', expect: 550 },
    ],
  },
  {
    name: 'a link that a client makes leads nowhere outside, either',
    steps: [
      { bytes: 'SITE SYMLINK /etc/passwd escape\r\n', expect: 250 },
      { bytes: 'SITE SYMLINK ../../../../../../../../etc escape2\r\n', expect: 550 },
      { data: 'EPSV' },
      ...each(550, 'RETR escape', 'STOR escape', 'RETR escape2/passwd', 'APPE escape'),
      { send: 'HASH escape', expect: 550 },
      { send: 'CWD escape2', expect: 550 },
    ],
  },
  {
    name: 'a rename cannot move a folder into itself, or over a folder',
    steps: [
      { send: 'RNFR folder', expect: 350 },
      { send: 'RNTO folder/inner', expect: 550 },
      { send: 'RNFR hello.txt', expect: 350 },
      { send: 'RNTO folder', expect: 550 },
      { send: 'RNFR /', expect: 350 },
      { send: 'RNTO elsewhere', expect: 550 },
      { disk: 'folder/inner.txt', holds: 'inner' },
    ],
  },
  {
    name: 'the names of unfinished uploads belong to the server',
    steps: [
      { data: 'EPSV' },
      ...each(
        553,
        'STOR .portolan-upload-0',
        'APPE .portolan-kept-0',
        'MKD .portolan-x',
        'RETR .portolan-x',
        'MKD .PORTOLAN-x',
      ),
      { send: 'RNFR hello.txt', expect: 350 },
      { send: 'RNTO .portolan-kept-1', expect: 553 },
    ],
  },
]
