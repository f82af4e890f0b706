/**
 * What a TYPE argument asks for. `unsupported` is known to RFC 959 and not to us (504); undefined is known to
 * nobody (501).
 */
export type TypeArgument = 'ascii' | 'binary' | 'unsupported' | undefined

const ARGUMENTS: Readonly<Record<string, TypeArgument>> = {
  A: 'ascii',
  'A N': 'ascii',
  // Telnet format controls are bytes of the text like any others.
  'A T': 'ascii',
  'A C': 'unsupported',
  I: 'binary',
  'L 8': 'binary',
  E: 'unsupported',
  'E N': 'unsupported',
  'E T': 'unsupported',
  'E C': 'unsupported',
}

/** Reads the argument of TYPE: `A`, `A N`, `A T`, `I`, `L 8`. RFC 959 section 4.1.2. */
export function parseTypeArgument(argument: string): TypeArgument {
  const text = argument.trim().toUpperCase().replace(/ +/g, ' ')
  if (Object.hasOwn(ARGUMENTS, text)) return ARGUMENTS[text]
  return /^L [0-9]{1,3}$/.test(text) ? 'unsupported' : undefined
}
