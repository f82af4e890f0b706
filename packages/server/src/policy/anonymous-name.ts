/** The names of anonymous access: RFC 1635 section 2.1, and `ftp`, which is as old. */
export function isAnonymousName(user: string): boolean {
  return /^(anonymous|ftp)$/i.test(user)
}
