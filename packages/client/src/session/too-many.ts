import type { Reply } from '@portolan/protocol'

/** How servers say that there are too many sessions, with 421, 530 or 550: there is no code of its own for it. */
const TOO_MANY =
  /too many|maximum (?:number|login|connection|user|client|session)|max(?:imum)? .{0,20}(?:reached|exceeded)|connection limit|limit.{0,30}(?:reached|exceeded)|no more (?:users|connections|sessions)|already logged in|try again later|user limit/i

/** Whether a reply means that the server allows no more sessions now. */
export function saysTooMany({ code, lines }: Reply): boolean {
  return code >= 400 && TOO_MANY.test(lines.join(' '))
}
