import { type Reply, reply } from '@portolan/protocol'

/**
 * Every reply the server gives: code and text side by side, one place. `{name}` is filled in by the caller. The texts
 * can be replaced in the settings (`messages.replies`) by their key; the codes, those of the RFCs, cannot.
 */
export const REPLIES = {
  'session.greeting': [220, '{server} ready.'],
  'session.refused': [421, '{text}'],
  'session.idle': [421, 'No command for {seconds} seconds: closing. Reconnect when you need to.'],
  'session.login-timeout': [421, 'Not logged in within {seconds} seconds: closing.'],
  'session.shutdown': [421, 'The server is stopping. Try again in a moment.'],
  'session.kicked': [421, 'The administrator ended this session.'],
  'session.goodbye': [221, 'Goodbye.'],

  'command.unknown': [500, '{verb} is not a command of this server. HELP lists them.'],
  'command.garbage': [500, 'That is not an FTP command.'],
  'command.too-long': [500, 'The line is longer than {bytes} bytes.'],
  'command.not-ftp': [421, 'This is an FTP server, and {verb} is not FTP.'],
  'command.forbidden': [502, '{verb} is not allowed for your user class.'],
  'command.needs-argument': [501, 'Syntax: {syntax}'],
  'command.no-argument': [501, '{verb} takes no argument. Syntax: {syntax}'],
  'command.bad-argument': [501, '{text}'],
  'command.bad-parameter': [504, '{text}'],
  'command.sequence': [503, '{text}'],
  'command.failed': [
    451,
    'The server failed while it worked on this. The administrator can find the cause in the log.',
  ],
  'command.superfluous': [202, '{verb} is not needed here.'],

  'login.first': [530, 'Log in first, with USER and PASS.'],
  'login.password': [331, 'Password for {user}?'],
  'login.anonymous-password': [
    331,
    'Any password will do for anonymous access; your e-mail address is customary.',
  ],
  'login.user-first': [503, 'Send USER first.'],
  'login.already': [503, 'Already logged in. REIN or a new connection starts over.'],
  'login.ok': [230, 'Logged in as {user}.'],
  'login.failed': [530, 'User name or password is wrong.'],
  'login.needs-tls': [530, 'This needs TLS: send AUTH TLS before USER.'],
  'login.user-needs-tls': [530, 'This user needs TLS: send AUTH TLS before USER.'],
  'login.network': [530, 'This user may not log in from {address}.'],
  'login.expired': [530, 'This account has expired.'],
  'login.disabled': [530, 'This account is disabled.'],
  'login.too-many': [421, '{text}'],
  'login.banned': [
    421,
    'Refused for {seconds} more seconds: too many wrong passwords, or the administrator set it.',
  ],
  'login.barred': [421, 'You may not log in from {address}. Ask the administrator.'],
  'login.no-home': [
    530,
    'The home folder of this user cannot be used. The administrator can find the cause in the log.',
  ],
  'login.unavailable': [421, 'Logins cannot be checked right now. Try again in a moment.'],
  'login.reinitialised': [220, 'Ready for a new user.'],

  'tls.go': [234, 'Begin the TLS handshake.'],
  'tls.off': [502, 'TLS is switched off on this listener.'],
  'tls.already': [503, 'The control connection is under TLS already.'],
  'tls.mechanism': [504, 'Only AUTH TLS and AUTH SSL are known.'],
  'tls.implicit': [503, 'This listener is under TLS from the first byte.'],
  'tls.pbsz': [200, 'PBSZ=0'],
  'tls.pbsz-first': [503, 'Send PBSZ 0 first.'],
  'tls.needs-auth': [503, 'Send AUTH TLS first.'],
  'tls.prot-clear': [200, 'Data connections go in the clear.'],
  'tls.prot-private': [200, 'Data connections go under TLS.'],
  'tls.prot-unsupported': [536, 'Only PROT C and PROT P are supported.'],
  'tls.prot-bad': [504, 'PROT takes C or P.'],
  'tls.prot-required': [534, 'Data connections need TLS here: PROT P.'],
  'tls.data-required': [521, 'Data connections need TLS here: send PBSZ 0 and PROT P.'],
  'tls.clear': [200, 'The control connection goes on in the clear.'],
  'tls.clear-refused': [534, 'This listener requires TLS: CCC is refused.'],
  'tls.reuse-required': [
    522,
    'The data connection has to resume the TLS session of the control connection (setting tls.sessionReuse: required). Switch on session reuse in the client.',
  ],

  'data.passive': [227, '{text}'],
  'data.extended-passive': [229, '{text}'],
  'data.epsv-all': [200, 'EPSV ALL: only EPSV from now on.'],
  'data.only-epsv': [503, 'EPSV ALL was sent: only EPSV is allowed in this session.'],
  'data.active': [200, '{verb} accepted: the server dials {endpoint} at the transfer.'],
  'data.family': [522, 'Network protocol not supported here, use {families}'],
  'data.passive-off': [502, 'Passive mode is switched off here. Use active mode (PORT, EPRT).'],
  'data.active-off': [502, 'Active mode is switched off here. Use passive mode (EPSV, PASV).'],
  'data.pasv-ipv6': [425, 'PASV cannot tell an IPv6 address. Use EPSV.'],
  'data.bounce': [500, '{text}'],
  'data.none': [425, 'No data connection was agreed on. Send EPSV or PASV (or EPRT, PORT) first.'],
  'data.failed': [425, '{text}'],
  'data.tls-failed': [425, '{text}'],

  'transfer.opening': [150, '{text}'],
  'transfer.complete': [226, '{text}'],
  'transfer.broken': [426, '{text}'],
  'transfer.aborted': [226, 'ABOR done.'],
  'transfer.nothing-to-abort': [226, 'Nothing to abort.'],
  'transfer.local-error': [451, '{text}'],

  'setting.type': [200, 'TYPE is {type}.'],
  'setting.mode': [200, 'MODE is {mode}.'],
  'setting.structure': [200, 'STRU is F.'],
  'setting.restart': [350, 'Restarting at byte {offset}. Send the transfer command.'],
  'setting.range': [350, 'Range {start} to {end}. Send RETR.'],
  'setting.range-reset': [350, 'Range cleared.'],
  'setting.allocated': [200, 'There is room.'],
  'setting.utf8': [200, 'UTF-8 is always on.'],
  'setting.opts': [200, '{text}'],
  'meta.system': [215, 'UNIX Type: L8'],
  'meta.noted': [200, 'Noted.'],
  'meta.noop': [200, 'OK.'],
  'meta.unknown-topic': [502, '{verb} is not a command of this server. HELP lists them.'],
  'probe.too-many': [450, 'At most {count} probes a minute are answered. Try again in {seconds} seconds.'],
  'setting.language': [200, 'Replies are in English.'],

  'file.done': [250, '{text}'],
  'file.created': [257, '{text}'],
  'file.rename-from': [350, 'Send RNTO with the new name.'],
  'file.rename-first': [503, 'Send RNFR first.'],
  'file.copy-from': [350, 'Send SITE CPTO with the new name.'],
  'file.copy-first': [503, 'Send SITE CPFR first.'],
  'file.status': [213, '{text}'],
  'file.unavailable': [550, '{text}'],
  'file.denied': [550, 'Permission denied: {permission} on {path}.'],
  'file.has-rules': [550, 'Something below {path} has permissions of its own, so it keeps its name.'],
  'file.busy': [450, '{text}'],
  'file.no-space': [452, '{text}'],
  'file.quota': [552, '{text}'],
  'file.bad-name': [553, '{text}'],
  'file.ascii-size': [550, 'SIZE is not known for TYPE A. Send TYPE I first.'],
  'file.bad-offset': [554, '{text}'],
} as const satisfies Record<string, readonly [number, string]>

export type ReplyKey = keyof typeof REPLIES

/** What fills the `{name}` places of a text. */
export type ReplyValues = Readonly<Record<string, string | number>>

/** A line of a text: what stands as it is at the even places, names of values at the odd ones. */
type TemplateLine = readonly string[]

/** The reply texts in force: those of the catalogue, with the administrator's in place of some. */
export class ReplyTexts {
  readonly #replaced: Readonly<Record<string, string>>
  readonly #templates = new Map<ReplyKey, readonly [TemplateLine, ...TemplateLine[]]>()

  /** @param replaced - texts by reply key; see {@link unknownReplyKeys} */
  constructor(replaced: Readonly<Record<string, string>> = {}) {
    this.#replaced = replaced
  }

  /** Makes the reply of a key. A text of several lines becomes a reply of several lines. */
  say(key: ReplyKey, values: ReplyValues = {}): Reply {
    const [code, standard] = REPLIES[key]
    let template = this.#templates.get(key)
    if (!template) {
      template = parseTemplate(this.#replaced[key] ?? standard)
      this.#templates.set(key, template)
    }
    const [first, ...rest] = template
    return reply(code, fill(first, values), ...rest.map(line => fill(line, values)))
  }
}

/** Cut into lines before anything is filled in: a line break in a file name must not become a line of the reply. */
function parseTemplate(text: string): [TemplateLine, ...TemplateLine[]] {
  const [first = '', ...rest] = text.split(/\r?\n/)
  return [first.split(PLACE), ...rest.map(line => line.split(PLACE))]
}

const PLACE = /\{(\w+)\}/

function fill(line: TemplateLine, values: ReplyValues): string {
  let text = line[0] ?? ''
  for (let at = 1; at < line.length; at += 2) {
    const name = line[at] ?? ''
    text += String(values[name] ?? `{${name}}`) + (line[at + 1] ?? '')
  }
  return text
}

/** Keys of `messages.replies` that no reply has. */
export function unknownReplyKeys(replaced: Readonly<Record<string, string>>): string[] {
  return Object.keys(replaced).filter(key => !Object.hasOwn(REPLIES, key))
}
