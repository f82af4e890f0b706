import type { ChannelErrorCode } from '@portolan/channels'
import type { FtpErrorCode } from '@portolan/client'
import type { StoreErrorCode } from '@portolan/store'
import type { RunErrorCode, TransferErrorCode } from '@portolan/transfers'

/** What the file system of this server says, as far as somebody can do something about it. */
type Errno =
  | 'EACCES'
  | 'EPERM'
  | 'ENOENT'
  | 'EISDIR'
  | 'ENOTDIR'
  | 'ENOSPC'
  | 'EDQUOT'
  | 'EROFS'
  | 'EMFILE'
  | 'ENFILE'
  | 'EIO'

type Code =
  | FtpErrorCode
  | ChannelErrorCode
  | TransferErrorCode
  | RunErrorCode
  | Extract<StoreErrorCode, 'STORE_UNAVAILABLE' | 'STORE_FULL'>
  | Errno
  | 'RUN_CANCELLED'

const TEST = 'Test the connection of the site: that tries every way and says which one works.'
const RIGHTS = 'Give the user as whom this server runs the rights to the folder.'
const SPACE = 'Make room on the disk of this server, then run it again.'

/** What to do about each cause. The sentence of the error says what happened; this says what helps. */
const ADVICE = {
  FTP_SETTING: ['Correct the site: the sentence above names the setting.'],
  FTP_CONNECT: [
    'Check host, port and network zone of the site, and whether a firewall lets this machine out to it.',
    TEST,
  ],
  FTP_GREETING: [
    'Check the port: something answers there that is no FTP server, or one that speaks TLS from the first byte (protocol FTPS implicit).',
    TEST,
  ],
  FTP_TLS: [
    'When the partner has renewed the certificate, set its new authority or its new fingerprint in the site.',
    'When the partner has no TLS, ask for it; protocol FTP sends the password in the clear.',
    TEST,
  ],
  FTP_LOGIN: [
    'Set user and password of the site again; ask the partner whether the account is locked or has run out.',
  ],
  FTP_REPLY: [
    'The partner refused: the reply above says why. Check the folder and the rights of the account there.',
  ],
  FTP_PROTOCOL: [
    'The partner, or something between, broke the protocol. Try TLS, so that nothing on the way rewrites the dialogue.',
    TEST,
  ],
  FTP_TIMEOUT: [
    'Ask the partner whether the server is slow now; raise the timeout of the site that the sentence above names.',
    'For large files raise the timeout completion: servers that check a file answer late.',
  ],
  FTP_CLOSED: [
    'The partner ended the connection: it may restart, or allow fewer sessions. Lower the parallel connections of the site.',
  ],
  FTP_DATA: [
    'The login works and no data connection could be had. In passive mode set the passive address of the site to control; in active mode open the active ports of the FTP Settings in the firewall.',
    TEST,
  ],
  FTP_TRANSFER: [
    'The data connection broke. It is gone on with at the next attempt; when that happens again and again, look for a firewall with a short limit of time or size.',
  ],
  FTP_VERIFY: [
    'What arrived is not what was sent. Nothing was published. When it happens again, use the transfer mode binary, or verify by size when the partner computes other checksums.',
  ],
  FTP_CHANGED: [
    'The file was written to while it was moved. Raise quietSeconds, or let its writer rename it at the end.',
  ],
  FTP_LOCAL: ['A file of this server could not be read or written: the sentence above says why.', RIGHTS],
  FTP_NAME: [
    'The partner sent a name that cannot be a file here. Ask the partner to rename it, or narrow the pattern.',
  ],
  FTP_UNSUPPORTED: [
    'The partner lacks what was asked for: verify by size, or ask the partner for an update.',
  ],
  FTP_BUSY: ['The partner allows no more sessions. Lower the parallel connections of the site.'],
  FTP_ABORTED: ['The work was ended from here. Run it again.'],
  CHANNEL_SETTING: ['Correct the active ports of the FTP Settings, or the passive address of the site.'],
  CHANNEL_NO_PORT: [
    'All active ports are in use. Raise the number of ports of active mode, or lower the parallel connections of the site.',
  ],
  CHANNEL_LISTEN: ['Another program uses the active ports. Choose another base port of active mode.'],
  CHANNEL_ACCEPT_TIMEOUT: [
    'The partner did not come to the active port. Open the active ports of the FTP Settings in the firewall, set the external address of the site, or use passive mode.',
    TEST,
  ],
  CHANNEL_REPLACED: ['The connection was replaced by a newer one. Run it again.'],
  CHANNEL_DIAL: [
    'The passive port of the partner cannot be reached. Ask which ports to open towards the partner, or set the passive address of the site to control.',
    TEST,
  ],
  CHANNEL_BOUNCE: ['Something else than the partner answered. Check the passive address of the site.'],
  CHANNEL_ADDRESS: ['Check the names of the site: host, external address, passive address.'],
  CHANNEL_TLS_HANDSHAKE: [
    'TLS of the data connection failed. Some servers demand that its session is resumed.',
    TEST,
  ],
  CHANNEL_PROXY_HEADER: ['Check what stands between this server and the partner.'],
  CHANNEL_ABORTED: ['The work was ended from here. Run it again.'],
  TRANSFER_INVALID: ['Correct the transfer, its site or its zone: each shows what is wrong with it.'],
  TRANSFER_MISSING: [
    'The transfer names something that was deleted: choose another site or zone, or make it again.',
  ],
  TRANSFER_USED: ['Change those that use it first.'],
  TRANSFER_DISABLED: ['Switch the site and the transfer on, then run it again.'],
  TRANSFER_ACTIVE_ZONE: [
    'In active mode the partner dials this machine, and a proxy only dials out: set the network zone of the site to none, or switch active mode off.',
  ],
  RUN_EXISTS: [
    'Remove or rename the file at the target, or let the step replace or skip files that are there.',
  ],
  RUN_SOURCE_GONE: [
    'Somebody moved or deleted the file before it was its turn. Nothing is left to do, or upload it again.',
  ],
  RUN_SOURCE_CHANGED: [
    'The file is being written to. Let its writer use another name until it is whole, or raise quietSeconds.',
  ],
  RUN_PLACE: ['Check the user, the folder and the permissions of the place that the step names.'],
  RUN_NAME: ['Correct the target name of the step, or narrow its pattern.'],
  RUN_TOO_MANY: ['Narrow the pattern, or spread the files over several transfers.'],
  RUN_WEBHOOK: ['Look at the log of the web server that the webhook calls; it has to answer 2xx.'],
  RUN_MAIL: ['Check transfers.mail in the settings: server, port, TLS, login, sender.'],
  RUN_PROGRAM: [
    'Look at what the program wrote, in the timeline; it has to be in transfers.programs and to end with code 0.',
  ],
  RUN_BROKEN: ['This was not foreseen. The log of the node has more; please report it.'],
  RUN_CANCELLED: ['Somebody cancelled it. Run it again when it is wanted after all.'],
  STORE_UNAVAILABLE: ['The database could not be reached. Check it, then run it again.'],
  STORE_FULL: ['The disk of the database is full. Make room, then run it again.'],
  EACCES: [RIGHTS],
  EPERM: [RIGHTS],
  ENOENT: ['The file or folder is not there any more. Check the place that the step names.'],
  EISDIR: ['A folder stands where a file was expected. Narrow the pattern, or rename it.'],
  ENOTDIR: ['A file stands where a folder was expected. Check the place that the step names.'],
  ENOSPC: [SPACE],
  EDQUOT: [SPACE],
  EROFS: ['The disk of the folder can only be read. Choose another folder, or mount it for writing.'],
  EMFILE: ['Too many files are open. Lower transfers.concurrency, or raise the limit of the service.'],
  ENFILE: ['Too many files are open on this machine. Lower transfers.concurrency, or raise the limit.'],
  EIO: ['The disk reports errors. Look at the log of the machine.'],
} as const satisfies Record<Code, readonly string[]>

/** What helps against the cause of a run's end; for codes that nobody foresaw, where to look. */
export function adviceFor(code: string): readonly string[] {
  return isKnown(code)
    ? ADVICE[code]
    : ['The timeline of the run shows what was done before; the log of the node has more.']
}

const isKnown = (code: string): code is Code => Object.hasOwn(ADVICE, code)
