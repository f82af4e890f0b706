import type { FtpError } from '@portolan/client'

/** Words of the library's sentences, and the flags by which the command does what they advise. */
const ADVICE: readonly (readonly [words: RegExp, flags: string])[] = [
  [/\bpin it\b.*\bverify: false\b/i, '--ca FILE, --pin FINGERPRINT or --insecure'],
  [/\bpin it\b/i, '--pin FINGERPRINT'],
  [/\b(?:use|try) explicit TLS\b/i, '--tls explicit'],
  [/\bimplicit TLS\b/i, '--tls implicit'],
  [/\boption account\b/i, '--account NAME'],
  [/\btlsOptions\.data: clear\b/i, '--prot clear'],
  [/\bcloseNotify optional\b/i, '--close-notify optional'],
  [/\bmode auto\b/i, '--mode auto'],
  [/\bset the external address\b/i, '--external-address ADDRESS'],
  [/\bprotection clear\b/i, '--protection clear'],
]

/** The hint of a failure, with the flags that go with it. */
export function hintWithFlags({ message, hint }: Pick<FtpError, 'message' | 'hint'>): string | undefined {
  const text = `${message} ${hint ?? ''}`
  const flags = ADVICE.find(([words]) => words.test(text))?.[1]
  const parts = [hint, flags && `The flag for it: ${flags}.`].filter(Boolean)
  return parts.length === 0 ? undefined : parts.join(' ')
}
