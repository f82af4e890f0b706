import type { Plan, PlanSection } from '@portolan/doctor'

/** Columns of prose. What is to be pasted keeps its own lines. */
const WIDTH = 96

/** The plan for people: the answer, the reasons, then a part for each program. */
export function planLines(plan: Plan, sections: readonly PlanSection[]): string[] {
  const { shared, exclusive } = plan.need
  const { passive } = plan
  const reasons = [
    { label: 'shared', number: `${shared.minimum.value} at least`, text: shared.minimum.because.text },
    { label: '', number: `${shared.recommended.value} better`, text: shared.recommended.because.text },
    {
      label: 'exclusive',
      number: `${exclusive.minimum.value} at least`,
      text: exclusive.minimum.because.text,
    },
    { label: '', number: `${exclusive.recommended.value} better`, text: exclusive.recommended.because.text },
    { label: 'base port', number: `${passive.value.basePort}`, text: passive.because.text },
  ]
  const wide = Math.max(...reasons.map(({ number }) => number.length))
  const lines = [...wrap(plan.answer), '', 'Why']
  for (const { label, number, text } of reasons) {
    lines.push(...wrap(text, `  ${label.padEnd(9)}  ${number.padEnd(wide)}  `))
  }
  lines.push('', 'Taken for granted', ...items(plan.assumptions))
  if (plan.warnings.length > 0) lines.push('', 'Beware', ...items(plan.warnings.map(({ text }) => text)))
  for (const section of sections) lines.push('', ...sectionLines(section))
  return lines
}

function sectionLines({ name, title, text, notes }: PlanSection): string[] {
  const heading = `${title}   [${name}]`
  return [heading, '-'.repeat(heading.length), text, ...(notes.length === 0 ? [] : ['', ...items(notes)])]
}

function items(texts: readonly string[]): string[] {
  return texts.flatMap(text => wrap(text, '  - '))
}

/** Breaks prose between words; further lines stand under the first word. */
function wrap(text: string, first = ''): string[] {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = ' '.repeat(first.length)
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line]
}
