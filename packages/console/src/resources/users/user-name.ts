/** The longest name, in bytes of UTF-8: a folder may be called so, and an FTP command has room for it. */
const MAX_BYTES = 128

/**
 * What is wrong with the name of a new user or group; undefined for one that can be used. A user's name is the name of
 * the home folder, so it must be safe as one.
 */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'must not be empty'
  if (Buffer.byteLength(name) > MAX_BYTES) return `must have at most ${MAX_BYTES} bytes`
  if (!name.isWellFormed()) return 'must be text in UTF-8'
  if (/\p{Cc}/u.test(name)) return 'must not contain control characters'
  if (/[/\\]/.test(name)) return 'must not contain / or \\: the home folder is called like the user'
  if (name.startsWith('.')) return 'must not begin with a dot: the home folder would be hidden'
  if (name.trim() !== name) return 'must not begin or end with a space: FTP clients cut it off'
  return undefined
}

/** What is wrong with a new password of a user; undefined for one that can be used. */
export function passwordProblem(password: string): string | undefined {
  if (password === '') return 'must not be empty; null takes the password away'
  if (/[\0\r\n]/.test(password)) return 'must not contain line breaks or NUL: FTP cannot send them'
  return undefined
}
