import { isAddress, normaliseAddress } from '@portolan/protocol'

/** Whether a text is an address of this machine's loopback. */
export function isLoopback(text: string): boolean {
  if (!isAddress(text)) return false
  const plain = normaliseAddress(text)
  return plain === '::1' || plain.startsWith('127.')
}

/** Whether the name of a Host header means loopback whatever a DNS server says. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || isLoopback(name.replace(/^\[(.*)\]$/, '$1'))
}
