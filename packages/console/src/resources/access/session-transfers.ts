import type { AccessStream } from '../../contract/index.ts'

/** A command and its final reply, as it stands in the events of a control connection. */
const FTP_LINE = /^([A-Z]{3,8})(?: (.*?))? → (\d{3})? ?(.*)$/s

/** Commands that move something over a data connection. */
const MOVING: ReadonlySet<string> = new Set(['RETR', 'STOR', 'STOU', 'APPE', 'LIST', 'NLST', 'MLSD'])

/** A command that moved something, and how the server said that it went. */
export interface Transfer {
  readonly at: number
  readonly verb: string
  readonly path: string
  /** Absent: the connection ended before. */
  readonly reply?: number
  readonly text: string
}

/** What a control connection moved, in the order in which it was answered. */
export function transfersOf({ Events }: AccessStream): Transfer[] {
  return Events.flatMap(({ at, text: line }) => {
    const [, verb = '', path = '', reply, text = ''] = FTP_LINE.exec(line) ?? []
    if (!MOVING.has(verb)) return []
    return [{ at, verb, path, text, ...(reply !== undefined && { reply: Number(reply) }) }]
  })
}

export const commandText = ({ verb, path }: Pick<Transfer, 'verb' | 'path'>): string =>
  path === '' ? verb : `${verb} ${path}`
