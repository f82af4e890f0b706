import type { PlanFacts } from '../ask.ts'
import { PlanError } from '../errors.ts'
import { exclusiveNeed } from '../ports.ts'
import { chooseRange } from '../range.ts'
import type { PlanContext, PlanSection } from '../section.ts'

/** FileZilla Server, which gives each session a port of its own: its range is another one than that of shared ports. */
export function filezillaServer({ facts, range }: PlanContext): PlanSection {
  const shared = {
    name: 'filezilla-server',
    title: 'FileZilla Server, in place of Portolan',
    format: 'text',
  } as const
  const own = facts.exclusive ? range : exclusiveRange(facts)
  if (own === undefined) {
    const text = `# ${facts.clients} clients with ${facts.perClient} transfers each need more ports than there are.`
    return {
      ...shared,
      text,
      notes: ['FileZilla Server gives each session a port of its own. Only shared ports can do it.'],
    }
  }
  const address = facts.nat ?? '(empty: the address of the control connection)'
  return {
    ...shared,
    text: [
      'Server > Configure > Protocols settings > FTP and FTP over TLS (FTPS) > Passive mode',
      '    Use custom port range            on',
      `    From                             ${own.base}`,
      `    To                               ${own.end}`,
      `    Public IP address or hostname    ${address}`,
      ...(facts.nat === undefined ? [] : ['    Use the default host for local connections   on']),
    ].join('\n'),
    notes: facts.exclusive
      ? []
      : [
          `FileZilla Server gives each session a port of its own, so it needs ${own.count} ports where Portolan needs ${range.count}. The firewall rules for them: plan with --exclusive.`,
        ],
  }
}

function exclusiveRange(facts: PlanFacts) {
  try {
    return chooseRange(exclusiveNeed(facts), facts).range.value
  } catch (error) {
    if (error instanceof PlanError) return undefined
    throw error
  }
}
