/** An OPTS command. */
export interface OptsArgument {
  /** The command that is to behave differently, in upper case: UTF8, MLST, HASH, MODE. */
  readonly option: string
  /** How; empty where nothing is said. */
  readonly value: string
}

/** Reads the argument of OPTS. RFC 2389 section 4. */
export function parseOptsArgument(argument: string): OptsArgument {
  const text = argument.trim()
  const [option = ''] = text.split(/\s/, 1)
  return { option: option.toUpperCase(), value: text.slice(option.length).trimStart() }
}
