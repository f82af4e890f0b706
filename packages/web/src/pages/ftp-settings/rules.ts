import type { AddressRule } from '@portolan/console/contract'

/** A rule in the table. `key` stays with the rule while it moves. */
export interface RuleRow {
  readonly key: string
  readonly rule: AddressRule
}

export type RulesAction = 'enable' | 'disable' | 'delete'

/** Rows for rules that come from the settings; rows of rules that have not changed keep their key. */
export function rowsOf(
  rules: readonly AddressRule[],
  before: readonly RuleRow[],
  newKey: () => string,
): RuleRow[] {
  const left = [...before]
  return rules.map(rule => {
    const text = JSON.stringify(rule)
    const place = left.findIndex(row => JSON.stringify(tidy(row.rule)) === text)
    const [kept] = place < 0 ? [] : left.splice(place, 1)
    return kept ?? { key: newKey(), rule }
  })
}

/** *Select Action* on the ticked rows. */
export function acted(rows: readonly RuleRow[], ticked: ReadonlySet<string>, action: RulesAction): RuleRow[] {
  if (action === 'delete') return rows.filter(({ key }) => !ticked.has(key))
  return rows.map(row =>
    ticked.has(row.key) ? { ...row, rule: { ...row.rule, enabled: action === 'enable' } } : row,
  )
}

/** A rule as it is saved: texts trimmed, and what was left empty left out. */
export function tidy(rule: AddressRule): AddressRule {
  const text = (given: string | undefined) => {
    const trimmed = given?.trim()
    return trimmed === '' ? undefined : trimmed
  }
  const { name, clients, destination } = {
    name: text(rule.name),
    clients: text(rule.clients),
    destination: text(rule.destination),
  }
  return {
    ...(name === undefined ? {} : { name }),
    enabled: rule.enabled,
    userClass: text(rule.userClass) ?? '*',
    ...(clients === undefined ? {} : { clients }),
    ...(destination === undefined ? {} : { destination }),
    address: rule.address.trim(),
  }
}

/** Rules as the settings have them: what a file writes as a list becomes one text, and what it leaves out the default. */
export function rulesIn(value: unknown): AddressRule[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((given: unknown) => (isRecord(given) ? [ruleIn(given)] : []))
}

function ruleIn(given: Readonly<Record<string, unknown>>): AddressRule {
  const { name, enabled, userClass, clients, destination, address } = given
  return tidy({
    name: textIn(name),
    enabled: enabled !== false,
    userClass: textIn(userClass) ?? '*',
    clients: textIn(clients),
    destination: textIn(destination),
    address: textIn(address) ?? '',
  })
}

function textIn(given: unknown): string | undefined {
  if (Array.isArray(given)) return given.map(String).join(', ')
  return typeof given === 'string' ? given : undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
