import { ephemeralRange, reservedPorts } from '@portolan/channels'
import { type Plan, PlanError, plan, SECTION_NAMES, type SectionName } from '@portolan/doctor'
import type { Io } from './io.ts'
import { askOf, flagOf, type PlanFlags, parseOnly } from './plan-flags.ts'
import { planLines } from './plan-text.ts'
import { EXIT, UserError } from './user-error.ts'

/** `portolan plan`: how many ports, why, and the rules and settings for them. Of the kernel it asks that of this machine. */
export function printPlan(flags: PlanFlags, io: Io): number {
  const only = flags.only === undefined ? undefined : parseOnly(flags.only, SECTION_NAMES)
  const made = makePlan(flags)
  const sections = only === undefined ? made.sections : pick(made, only)
  const [single] = sections
  if (flags.json) {
    io.out(JSON.stringify({ ...made, sections }, null, 2))
  } else if (single && only?.length === 1) {
    // To be piped into the program it is for.
    io.out(single.text)
    for (const { text } of made.warnings) io.err(`warning: ${text}`)
    for (const note of single.notes) io.err(`note: ${note}`)
  } else {
    for (const line of planLines(made, sections)) io.out(line)
  }
  return EXIT.ok
}

function makePlan(flags: PlanFlags): Plan {
  try {
    return plan({ ...askOf(flags), ephemeral: ephemeralRange(), reserved: reservedPorts() })
  } catch (error) {
    if (!(error instanceof PlanError)) throw error
    if (error.field === undefined) throw new UserError(error.message)
    const { flag, given } = flagOf(error.field, flags)
    const repeated = error.code === 'PLAN_VALUE' ? `, and not ${JSON.stringify(given)}` : ''
    throw new UserError(`${flag} ${error.message}${repeated}`)
  }
}

function pick({ sections }: Plan, only: readonly SectionName[]) {
  for (const name of only) {
    if (sections.some(one => one.name === name)) continue
    throw new UserError(
      `--only ${name} needs --nat and --server, the address that clients dial and where it leads`,
    )
  }
  return sections.filter(({ name }) => only.includes(name))
}
