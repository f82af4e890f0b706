import { webcrypto } from 'node:crypto'

/** How all keys and certificates of the access path are made. */
export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

const load = async () => {
  // @peculiar/x509 finds its providers through it and refuses to load without.
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

let loaded: ReturnType<typeof load> | undefined

/** Loaded when something is made or issued, not at the start: it takes 25 MB, and a part that has its identity needs none of it. */
export function x509(): ReturnType<typeof load> {
  loaded ??= load()
  return loaded
}

export const crypto = webcrypto as Crypto
