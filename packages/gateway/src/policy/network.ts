import { type Address, readAddress } from './host.ts'

/** A network: its address, cut to the prefix, and how many bits that has. A single address is a network of all bits. */
export type Network =
  | { readonly family: 4; readonly prefix: number; readonly key: number; readonly isWhole: boolean }
  | { readonly family: 6; readonly prefix: number; readonly key: bigint; readonly isWhole: boolean }

/**
 * Reads an address or a network in CIDR form, or undefined for what is neither. Bits behind the prefix are cut off (`isWhole` says
 * whether there were none). IPv4-mapped networks (`::ffff:10.0.0.0/104`) are IPv4.
 */
export function readNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/')
  const written = slash < 0 ? text : text.slice(0, slash)
  const address = readAddress(written)
  if (address === undefined) return undefined
  const most = written.includes(':') ? 128 : 32
  const bits = slash < 0 ? String(most) : text.slice(slash + 1)
  if (!/^(0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > most) return undefined
  const prefix = Number(bits)
  // A mapped address with a shorter prefix holds more than IPv4.
  if (address.family === 4 && most === 128) {
    return prefix < 96
      ? cut({ family: 6, text: '', value: 0xffff_0000_0000n | BigInt(address.value) }, prefix)
      : cut(address, prefix - 96)
  }
  return cut(address, prefix)
}

function cut(address: Address, prefix: number): Network {
  if (address.family === 4) {
    const key = keyOfFour(address.value, prefix)
    return { family: 4, prefix, key, isWhole: key * 2 ** (32 - prefix) === address.value }
  }
  const rest = BigInt(128 - prefix)
  const key = address.value >> rest
  return { family: 6, prefix, key, isWhole: key << rest === address.value }
}

/** The first bits of an IPv4 address. A shift by 32 would be none in JavaScript. */
export function keyOfFour(value: number, prefix: number): number {
  return prefix === 0 ? 0 : value >>> (32 - prefix)
}
