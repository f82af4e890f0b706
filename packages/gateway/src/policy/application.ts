import { normaliseName } from './host.ts'
import { type Network, readNetwork } from './network.ts'

/** What an application of a segment stands for. */
export type Application =
  | { readonly kind: 'network'; readonly network: Network }
  | { readonly kind: 'name'; readonly name: string }
  /** All names below `suffix`, at any depth, and not that name itself. `suffix` begins with a dot. */
  | { readonly kind: 'wildcard'; readonly suffix: string }

/** Reads an application as it is written, or undefined for what is none. */
export function readApplication(text: string): Application | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  const network = readNetwork(bare)
  if (network) return { kind: 'network', network }
  const name = normaliseName(text)
  if (name.startsWith('*.')) {
    return isName(name.slice(2)) ? { kind: 'wildcard', suffix: name.slice(1) } : undefined
  }
  return isName(name) ? { kind: 'name', name } : undefined
}

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/

/** RFC 1123 section 2.1, and underscores, which are in use. A name whose last label has no letter is a mistyped address. */
function isName(name: string): boolean {
  const labels = name.split('.')
  return name.length <= 253 && labels.every(label => LABEL.test(label)) && /[a-z]/.test(labels.at(-1) ?? '')
}

/** Two applications with the same key are the same one, however they are written. */
export function keyOf(application: Application): string {
  switch (application.kind) {
    case 'network':
      return `${application.network.family}/${application.network.prefix}/${application.network.key}`
    case 'name':
      return application.name
    case 'wildcard':
      return `*${application.suffix}`
  }
}
