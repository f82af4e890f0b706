import { type Diagnosis, describeStep, type Step, type Verdict, type Works } from '@portolan/doctor'
import { printable, printableLines } from './client/printable.ts'
import type { Io } from './io.ts'
import { wrapText } from './wrap-text.ts'

const TITLE = 16
const MS = 8

const MARKS: Readonly<Record<Step['status'], string>> = { pass: '✓', warn: '!', fail: '✗', skip: '–' }

const SURE: Readonly<Record<Verdict['confidence'], string>> = {
  certain: 'this is certain',
  likely: 'this is likely',
  possible: 'this is possible',
}

const ENDS: Readonly<Record<Diagnosis['outcome'], string>> = {
  good: 'It works.',
  warnings: 'It works, and something is not as it should be.',
  'no-data': 'The login works, and data connections do not work as they should.',
  'no-login': 'There is no login.',
}

/** The doctor for people: a line for each step as it ends, then what it means. */
export class DoctorText {
  readonly #io: Pick<Io, 'out'>
  readonly #skipped = new Map<string, string[]>()

  constructor(io: Pick<Io, 'out'>) {
    this.#io = io
  }

  /** Tells what a step found; those that were left out are told together at the end. */
  step(step: Step): void {
    const { title, line } = describeStep(step)
    if (step.status === 'skip') {
      this.#skipped.set(line, [...(this.#skipped.get(line) ?? []), title])
      return
    }
    const time = `${step.ms} ms`.padStart(MS)
    this.#lines(wrapText(printable(line), `${MARKS[step.status]} ${title.padEnd(TITLE)}${time}  `))
  }

  conclude({ outcome, verdicts, works, settings }: Diagnosis): void {
    for (const [reason, titles] of this.#skipped)
      this.#lines(wrapText(`${titles.join(', ')}: ${printable(reason)}`, `${MARKS.skip} `))
    this.#lines(['', ENDS[outcome]])
    for (const verdict of verdicts) this.#lines(['', ...verdictLines(verdict)])
    this.#lines(['', ...(works ? worksLines(works) : ['No way was found by which data moves.'])])
    if (!settings) return
    const rows = [
      ['Portolan', settings.portolan],
      ['WinSCP', settings.winscp],
      ['lftp', settings.lftp],
      ['curl', settings.curl],
    ] as const
    for (const [name, text] of rows) this.#lines(['', `${name}:`, ...indented(printableLines(text))])
  }

  #lines(lines: readonly string[]): void {
    for (const line of lines) this.#io.out(line)
  }
}

function verdictLines({ code, severity, confidence, text, fixes }: Verdict): string[] {
  const head = code === 'ALL_GOOD' ? code : `${code} (${severity}; ${SURE[confidence]})`
  const places = [
    ['At the client:  ', fixes.client],
    ['At the server:  ', fixes.server],
    ['In the network: ', fixes.network],
  ] as const
  return [
    head,
    ...wrapText(printable(text), '  '),
    ...places.flatMap(([place, fix]) => (fix === undefined ? [] : wrapText(printable(fix), `  ${place}`))),
  ]
}

function worksLines({ mode, rung, tls, pasvAddress, address, asAsked }: Works): string[] {
  const how = { off: 'in the clear', explicit: 'with explicit TLS', implicit: 'with implicit TLS' }[tls]
  const where = pasvAddress === 'server' ? ' to the address that the server tells' : ''
  const at = address === undefined ? '' : ` The server was reached at ${address}.`
  const asked = asAsked ? '' : ' That is not what was asked for.'
  return wrapText(`What works: ${mode} mode by ${rung}${where}, ${how}.${at}${asked} To set it:`)
}

function indented(text: string): string[] {
  return text.split('\n').map(line => `  ${line}`)
}
