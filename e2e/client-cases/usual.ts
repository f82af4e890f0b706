import type { Answer } from './script.ts'

const BEGIN: Answer = ['150 Here it comes', { accept: true }, { data: { secure: 'signed' } }]
const DOWN: Answer = [...BEGIN, { data: { file: true } }, { data: { end: 'clean' } }, '226 Transfer complete']
const UP: Answer = [
  ...BEGIN,
  { data: { receive: 'all' } },
  { data: { end: 'clean' } },
  '226 Transfer complete',
]
const LISTING: Answer = [
  ...BEGIN,
  { data: { send: '-rw-r--r--   1 ftp      ftp            10 Jan 02  2024 one.txt\r\n' } },
  { data: { end: 'clean' } },
  '226 Listed',
]

/** A server that does everything right, in the language of the scripts. */
export const USUAL_ANSWERS: Readonly<Record<string, Answer>> = {
  GREETING: ['220 Ready'],
  USER: ['331 Password, please'],
  PASS: ['230 Logged in'],
  'AUTH TLS': ['234 Go on', { handshake: 'signed' }],
  PBSZ: ['200 PBSZ=0'],
  PROT: ['200 Done'],
  OPTS: ['200 Done'],
  TYPE: ['200 Type set'],
  NOOP: ['200 Here'],
  PWD: ['257 "/" is the folder'],
  CWD: ['250 Done'],
  MKD: ['257 "{arg}" made'],
  RMD: ['250 Done'],
  DELE: ['250 Done'],
  RNFR: ['350 And to?'],
  RNTO: ['250 Done'],
  SITE: ['200 Done'],
  SIZE: ['213 {size}'],
  MDTM: ['213 20240102030405'],
  REST: ['350 Restarting'],
  EPSV: [{ listen: true }, '229 Entering Extended Passive Mode (|||{port}|)'],
  PASV: [{ listen: true }, '227 Entering Passive Mode ({pasv})'],
  EPRT: ['200 Done'],
  PORT: ['200 Done'],
  RETR: DOWN,
  STOR: UP,
  APPE: UP,
  LIST: LISTING,
  NLST: [...BEGIN, { data: { send: 'one.txt\r\n' } }, { data: { end: 'clean' } }, '226 Listed'],
  ABOR: ['226 Nothing to abort'],
  QUIT: ['221 Goodbye', { control: 'fin' }],
}

/** What is said to a command that is in no table. */
export const UNKNOWN: Answer = ['500 Unknown command']
