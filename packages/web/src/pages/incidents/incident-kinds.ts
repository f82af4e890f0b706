/** The kinds of incidents that are recorded, and what they are called. */
export const KINDS: readonly (readonly [kind: string, text: string])[] = [
  ['login-failed', 'Login failed'],
  ['refused', 'Connection refused'],
  ['banned', 'Banned'],
  ['data-failed', 'Data connection failed'],
  ['transfer-ended', 'Transfer failed'],
  ['tls-failed', 'TLS failed'],
  ['warning', 'Warning'],
  ['worker-lost', 'Worker lost'],
]

/** A kind in words; one that is not known yet as it is. */
export const kindText = (kind: string): string => KINDS.find(([name]) => name === kind)?.[1] ?? kind
