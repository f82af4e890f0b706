import { isIP } from 'node:net'
import { z } from 'zod'

/** A whole number with bounds and a default. */
export function whole(standard: number, bounds: { min: number; max: number }, text: string) {
  return wholeValue(bounds)
    .default(standard)
    .describe(`${text} From ${bounds.min} to ${bounds.max}; default ${standard}.`)
}

/** A whole number with bounds that may be left out. */
export function optionalWhole(bounds: { min: number; max: number }, text: string) {
  return wholeValue(bounds).exactOptional().describe(`${text} From ${bounds.min} to ${bounds.max}.`)
}

function wholeValue({ min, max }: { min: number; max: number }) {
  const error = `must be a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

/** A switch with a default. */
export function flag(standard: boolean, text: string) {
  return z
    .boolean({ error: 'must be true or false' })
    .default(standard)
    .describe(`${text} Default ${standard}.`)
}

/** One of several words, with a default. */
export function choice<const T extends readonly [string, ...string[]]>(
  words: T,
  standard: T[number],
  text: string,
) {
  const choices = z.enum(words, { error: `must be one of ${words.join(', ')}` })
  // `prefault` and not `default`: the type of a default of a generic enum does not come out of zod.
  return choices.prefault(standard as z.input<typeof choices>).describe(`${text} Default ${standard}.`)
}

const words = z
  .string({ error: 'must be a text' })
  .min(1, { error: 'must not be empty' })
  .refine(text => !/[\0\r\n]/.test(text), { error: 'must not contain line breaks' })

/** A line of text. */
export const line = (text: string) => words.describe(text)

/** A line of text that may be left out. */
export const optionalLine = (text: string) => words.exactOptional().describe(text)

/** A text for clients, of one or several lines, that may be left out. */
export const optionalText = (text: string) =>
  z
    .string({ error: 'must be a text' })
    .refine(given => !given.includes('\0'), { error: 'must not contain NUL' })
    .exactOptional()
    .describe(text)

/** Whether a text is an IP address, or an IP network in CIDR form. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  if (bits === undefined) return true
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

const NETWORK_ERROR = 'must be an IP address or a network such as 10.0.0.0/8 or 2001:db8::/32'

const network = z.string({ error: NETWORK_ERROR }).refine(isNetwork, { error: NETWORK_ERROR })

/** A list of IP networks; a single one may stand without the list. */
export function networks(standard: readonly string[], text: string) {
  const shown = standard.length === 0 ? 'none' : standard.join(', ')
  return oneOrMore(network, `${NETWORK_ERROR}, or a list of them`)
    .prefault([...standard])
    .describe(`${text} IP addresses or networks in CIDR form; default ${shown}.`)
}

/** A list in which a single item may stand alone. */
export function oneOrMore<T extends z.ZodType<string, string>>(item: T, error: string) {
  return z
    .union([z.array(item), item], { error })
    .transform((given): string[] => (typeof given === 'string' ? [given] : given))
}

/** A list of patterns as one text with commas, the form in which rules read it; a single one may stand alone. */
export function patterns(text: string) {
  return oneOrMore(words, 'must be a pattern or a list of patterns')
    .transform(list => list.join(','))
    .exactOptional()
    .describe(text)
}

/** A path as clients see it: absolute, with `/`, without `.` and `..`; comes out without a slash at its end. */
export function virtualPath() {
  return z
    .string({ error: 'must be a path such as /incoming' })
    .refine(path => path.startsWith('/') && !path.includes('\0') && !path.split('/').some(isDots), {
      error: 'must be an absolute path as clients see it, such as /incoming, without . and ..',
    })
    .transform(path => `/${path.split('/').filter(Boolean).join('/')}`)
}

const isDots = (part: string) => part === '.' || part === '..'

/** Where a server listens: an IP address or a host name. */
export function host(standard: string, text: string) {
  return hostName().default(standard).describe(`${text} Default ${standard}.`)
}

export const hostName = () =>
  z
    .string({ error: 'must be an IP address or host name' })
    .refine(
      text =>
        isIP(text) > 0 ||
        /^(?=.{1,253}$)[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(text),
      {
        error: 'must be an IP address or host name',
      },
    )
