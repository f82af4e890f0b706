import {
  ChannelError,
  checkAddressRules,
  compileUserClasses,
  DEFAULT_USER_CLASS,
  type UserClassRule,
} from '@portolan/channels'
import type { Findings } from '../check.ts'
import type { Problem } from '../errors.ts'
import { glob } from '../glob.ts'
import type { Settings } from '../schema.ts'
import { suggest } from '../suggest.ts'

/** User classes, and the rules that speak of them. */
export function checkClasses(settings: Settings): Findings {
  const addresses = checkAddresses(settings)
  return {
    errors: [...checkCriteria(settings), ...addresses.errors],
    warnings: [...checkNames(settings), ...addresses.warnings],
  }
}

function checkCriteria({ userClasses }: Settings): Problem[] {
  return userClasses.flatMap(({ name, ...criteria }, index) =>
    (['users', 'groups', 'from'] as const).flatMap(criterion => {
      const pattern = criteria[criterion]
      const message = pattern === undefined ? undefined : whyUnreadable({ name, [criterion]: pattern })
      return message === undefined ? [] : [{ path: `userClasses[${index}].${criterion}`, message }]
    }),
  )
}

function whyUnreadable(rule: UserClassRule): string | undefined {
  try {
    compileUserClasses([rule])
  } catch (error) {
    if (error instanceof ChannelError) return error.message
    throw error
  }
}

function checkNames({ userClasses, passive, commands }: Settings): Problem[] {
  const names = [...new Set([DEFAULT_USER_CLASS, ...userClasses.map(one => one.name)])]
  const rules = [
    ...passive.addressRules.map((rule, index) => ({
      rule,
      path: `passive.addressRules[${index}].userClass`,
    })),
    ...commands.forbidden.map((rule, index) => ({ rule, path: `commands.forbidden[${index}].userClass` })),
  ]
  const isKnown = (list: string) => list.split(',').some(pattern => names.some(glob(pattern.trim())))
  return rules
    .filter(({ rule }) => !isKnown(rule.userClass))
    .map(({ rule, path }) => {
      const near = suggest(rule.userClass, names)
      const hint = near === undefined ? `there is ${names.join(', ')}` : `did you mean ${near}?`
      return {
        path,
        message: `no user class is called ${rule.userClass}, so the rule never matches; ${hint}`,
      }
    })
}

function checkAddresses({ passive: { addressRules } }: Settings): Findings {
  const { errors, warnings } = checkAddressRules(addressRules)
  // Every sentence begins with the rule it is about, which a path says better.
  const toProblem = ({ text }: { text: string }): Problem => {
    const [, number, rest = text] = /^passive address rule (\d+)(?: \([^)]*\))?:? (.*)$/s.exec(text) ?? []
    if (number === undefined) return { path: 'passive.addressRules', message: text }
    const [, key, message = rest] = /^(userClass|clients|destination|address): (.*)$/s.exec(rest) ?? []
    const rule = `passive.addressRules[${Number(number) - 1}]`
    return { path: key === undefined ? rule : `${rule}.${key}`, message }
  }
  return { errors: errors.map(toProblem), warnings: warnings.map(toProblem) }
}
