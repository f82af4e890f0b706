/** The token of a set-up link, from the fragment of the address: `#token=...`, or the token alone. */
export function tokenOf(fragment: string): string {
  const text = fragment.replace(/^#/, '')
  const named = new URLSearchParams(text).get('token')
  if (named !== null) return named.trim()
  try {
    return decodeURIComponent(text).trim()
  } catch {
    return text.trim()
  }
}
