/** Without characters that look alike in print: 0 O 1 l I. */
const LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const GROUPS = 4
const GROUP = 5

/**
 * A password nobody has to think of: four groups of five, about 116 bits.
 * @param random fills with random bytes, as `crypto.getRandomValues` does
 */
export function makePassword(
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = bytes => crypto.getRandomValues(bytes),
): string {
  const letters: string[] = []
  // Bytes beyond the last whole multiple are thrown away, so that every letter is as likely as any other.
  const fair = 256 - (256 % LETTERS.length)
  while (letters.length < GROUPS * GROUP) {
    for (const byte of random(new Uint8Array(32))) {
      if (byte < fair && letters.length < GROUPS * GROUP) letters.push(LETTERS[byte % LETTERS.length] ?? '')
    }
  }
  return Array.from({ length: GROUPS }, (_, at) => letters.slice(at * GROUP, (at + 1) * GROUP).join('')).join(
    '-',
  )
}

/** How good a password is: 0 to 4, and a word on it. */
export interface PasswordHint {
  readonly score: 0 | 1 | 2 | 3 | 4
  readonly text: string
}

/** From this length on a password is not soon guessed. */
const GOOD = 12

const OFTEN = /pass(?:word|wort)|qwert|1234|admin|welcome|portolan|letmein|abcd/i

/**
 * A hint on a new password. Length is what counts (NIST SP 800-63B section 3.1.1.2): this names the obvious faults and makes
 * no rule; the only one is the server's.
 * @param atLeast the least number of characters that the server takes: 12 of administrators, 1 of FTP users
 */
export function passwordHint(password: string, name = '', atLeast = GOOD): PasswordHint {
  const different = new Set(password).size
  if (password.length < atLeast) {
    const missing = atLeast - password.length
    return { score: password === '' ? 0 : 1, text: `At least ${atLeast} characters: ${missing} more.` }
  }
  if (password.length < GOOD)
    return { score: 1, text: `Short, and soon guessed: ${GOOD} characters are better.` }
  if (different < 5) return { score: 1, text: 'The same few characters again and again.' }
  if (name.length >= 3 && password.toLowerCase().includes(name.toLowerCase()))
    return { score: 1, text: 'It holds the name, which is guessed first.' }
  if (OFTEN.test(password))
    return { score: 2, text: 'It holds what is tried first. A few random words are better.' }
  if (password.length < 16) return { score: 3, text: 'Good. Longer is better.' }
  return { score: 4, text: 'Strong.' }
}
