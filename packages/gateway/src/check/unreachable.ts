import type { Conditions } from '../model/index.ts'
import { readNetwork } from '../policy/network.ts'
import type { Findings } from './findings.ts'

interface Rule {
  readonly name: string
  readonly enabled: boolean
  readonly when: Conditions
}

/** Rules that are told of one by one; how many more there are is told with the last. */
const SHOWN = 20

/** Tells of rules that never decide: behind one that always fits, or behind one with the same conditions. */
export function warnOfUnreachable(rules: readonly Rule[], findings: Findings): void {
  const found: { readonly index: number; readonly text: string }[] = []
  const seen = new Map<string, number>()
  let always: number | undefined
  for (const [index, { enabled, when }] of rules.entries()) {
    if (!enabled) continue
    const key = keyOf(when)
    const before = always ?? seen.get(key)
    const why = always === undefined ? 'has the same conditions' : 'always fits'
    if (before !== undefined) {
      found.push({
        index,
        text: `never decides: rule ${before + 1} (${rules[before]?.name}) comes first and ${why}`,
      })
      continue
    }
    seen.set(key, index)
    if (key === '[]') always = index
  }
  for (const { index, text } of found.slice(0, SHOWN)) findings.warn(['rules', index], text)
  const next = found[SHOWN]
  if (next)
    findings.warn(['rules', next.index], `never decides; so do ${found.length - SHOWN - 1} more behind it`)
}

/** The conditions that can fail, in one form. */
function keyOf({ users, clientNetworks, times, ...names }: Conditions): string {
  const lists = {
    ...names,
    users: users?.includes('*') ? undefined : users,
    clientNetworks: clientNetworks && isEverywhere(clientNetworks) ? undefined : clientNetworks,
    times: times?.map(({ days, from, to, timeZone }) =>
      JSON.stringify([days.toSorted(), from, to, timeZone]),
    ),
  }
  const given = Object.entries(lists).flatMap(([key, values]) =>
    values ? [[key, [...new Set(values)].sort()]] : [],
  )
  return JSON.stringify(given.sort(([a], [b]) => String(a).localeCompare(String(b))))
}

function isEverywhere(networks: readonly string[]): boolean {
  const families = networks.flatMap(text => {
    const network = readNetwork(text)
    return network?.prefix === 0 ? [network.family] : []
  })
  return families.includes(4) && families.includes(6)
}
