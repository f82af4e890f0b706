import { count, formatBytes, formatRate, formatSeconds } from './amounts.ts'
import { printable, printableLines } from './printable.ts'
import type { ReportEvent } from './report.ts'

/** The line for a person, or undefined for what only programs want to know. */
export function textOf(event: ReportEvent): string | undefined {
  switch (event.event) {
    case 'done': {
      const { name, bytes, resumedAt, ms } = event
      const moved = bytes - resumedAt
      const rate = ms > 0 && moved > 0 ? ` (${formatRate((moved * 1000) / ms)})` : ''
      const before = resumedAt > 0 ? `, ${formatBytes(resumedAt)} were there` : ''
      return `${printable(name)}: ${formatBytes(bytes)} in ${formatSeconds(ms)}${rate}${before}`
    }
    case 'failed': {
      const about = event.name === undefined ? '' : `${printable(event.name)}: `
      const hint = event.hint === undefined ? '' : `\n  ${printableLines(event.hint)}`
      return `portolan: ${about}${printableLines(event.message)}${hint}`
    }
    case 'action':
      return printable(event.text)
    case 'warning':
      return `warning: ${printable(event.text)}`
    case 'retry': {
      const wait = formatSeconds(event.delayMs)
      return `${printable(event.message)} Trying again in ${wait} (${event.attempt}).`
    }
    case 'summary':
      return event.mirror === undefined ? sumOf(event) : undefined
    default:
      return undefined
  }
}

/** Nothing where one file says it all. */
function sumOf({
  files,
  failed,
  notTried,
  bytes,
  ms,
}: ReportEvent & { event: 'summary' }): string | undefined {
  const rest = notTried > 0 ? `${count(notTried, 'file')} not tried` : undefined
  if (files === 0 || files + failed + notTried === 1) return rest
  const parts = [
    `${count(files, 'file')}, ${formatBytes(bytes)} in ${formatSeconds(ms)}`,
    failed > 0 && `${failed} failed`,
    rest,
  ]
  return parts.filter(Boolean).join('; ')
}
