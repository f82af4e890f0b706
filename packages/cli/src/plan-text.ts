import type { Plan, PlanSection } from '@portolan/doctor'
import { wrapText } from './wrap-text.ts'

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
  const lines = [...wrapText(plan.answer), '', 'Why']
  for (const { label, number, text } of reasons) {
    lines.push(...wrapText(text, `  ${label.padEnd(9)}  ${number.padEnd(wide)}  `))
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
  return texts.flatMap(text => wrapText(text, '  - '))
}
