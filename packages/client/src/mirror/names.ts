import { hasUndecodable } from '@portolan/protocol'
import { FtpError } from '../errors.ts'

/** Names that Windows keeps for devices, with any ending. */
const DEVICES = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?$/i
/** What a name of Windows cannot hold: `:` would name a stream of another file. */
const NOT_ON_WINDOWS = /[<>:"/\\|?*\0-\x1f]|[. ]$/

/** What names of the target's file system are like. */
export interface NameRules {
  readonly platform: NodeJS.Platform
  /** `Readme` and `README` are one file there. */
  readonly foldsCase: boolean
}

/**
 * Refuses what is no name: paths, `..`, control characters that end a command.
 *
 * @throws {FtpError} `FTP_NAME`
 */
export function checkName(name: string): void {
  if (name !== '' && name !== '.' && name !== '..' && !/[/\0\r\n]/.test(name)) return
  throw bad(
    `The name ${JSON.stringify(name)} cannot be that of a file: FTP could not tell it from a path or a second command.`,
  )
}

/**
 * Refuses names that a hostile server could lead out of the folder with, and those that this system cannot have.
 *
 * @throws {FtpError} `FTP_NAME`
 */
export function checkLocalName(name: string, { platform }: NameRules): void {
  checkName(name)
  if (platform === 'win32' && (NOT_ON_WINDOWS.test(name) || DEVICES.test(name)))
    throw bad(`The name ${JSON.stringify(name)} cannot be that of a file on Windows.`)
  if (platform !== 'linux' && hasUndecodable(name))
    throw bad(`The name ${JSON.stringify(name)} is not UTF-8, which this system needs.`)
}

/** What two names have in common that are one file in the target. */
export function foldName(name: string, { foldsCase }: NameRules): string {
  return foldsCase ? name.normalize('NFC').toLowerCase() : name
}

/** A part that an unfinished transfer left beside its file: `.NAME[.VERSION].portolan-part`. */
const PART = /^\.(.+?)(?:\.(?:[0-9a-z]+-[0-9a-z]+|new|segments))?\.portolan-part$/s

/** The name of the file that a part belongs to; undefined for what is no part. */
export function fileOfPart(name: string): string | undefined {
  return name.endsWith('.portolan-part') ? PART.exec(name)?.[1] : undefined
}

function bad(message: string): FtpError {
  return new FtpError('FTP_NAME', message, { phase: 'local' })
}
