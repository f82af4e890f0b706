import type { AccessRule, Conditions, ForwardingRule, TimeWindow } from '@portolan/console/contract'
import { bare, type Keyed, keyed } from '../../../components/keyed.ts'

export type PolicyKind = 'forwarding' | 'access'
export type Action = AccessRule['action'] | ForwardingRule['action']

/** A rule of either policy. */
export interface Rule {
  readonly name: string
  readonly description?: string | undefined
  readonly enabled: boolean
  readonly when: Conditions
  readonly action: Action
  readonly message?: string | undefined
}

export interface TimeRow {
  readonly days: readonly TimeWindow['days'][number][]
  readonly from: string
  readonly to: string
  readonly timeZone: string
}

/** A rule as its form holds it. An empty list is no condition. */
export interface RuleForm {
  name: string
  description: string
  enabled: boolean
  action: Action
  message: string
  users: string[]
  groups: string[]
  segments: string[]
  segmentGroups: string[]
  clientNetworks: string[]
  deviceLabels: string[]
  times: readonly Keyed<TimeRow>[]
}

/** Conditions that are lists of texts, in the order in which people read them. */
export const LISTS = [
  'users',
  'groups',
  'segments',
  'segmentGroups',
  'clientNetworks',
  'deviceLabels',
] as const

/** The actions of each policy, the usual one first. */
export const ACTIONS = {
  access: [
    { value: 'allow', label: 'Allow', text: 'Connections are opened.' },
    { value: 'deny', label: 'Deny', text: 'Connections are refused.' },
  ],
  forwarding: [
    { value: 'forward', label: 'Forward', text: 'Agents send it here, and the access policy decides.' },
    { value: 'bypass', label: 'Bypass', text: 'Agents connect directly, as if there were no agent.' },
    {
      value: 'forward-allowed',
      label: 'Only forward allowed applications',
      text: 'Agents send it here if the access policy allows it, and connect directly otherwise.',
    },
  ],
} as const satisfies Record<
  PolicyKind,
  readonly { readonly value: Action; readonly label: string; readonly text: string }[]
>

/** The weekday hours of an office, in the time zone of the browser. */
export const usualTime = (): Keyed<TimeRow> =>
  keyed({
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
    from: '08:00',
    to: '18:00',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  })

/** What the form opens with; undefined for a new rule. */
export function formOfRule(rule: Rule | undefined, kind: PolicyKind): RuleForm {
  const when: Conditions = rule?.when ?? {}
  return {
    name: rule?.name ?? '',
    description: rule?.description ?? '',
    enabled: rule?.enabled ?? true,
    action: rule?.action ?? ACTIONS[kind][0].value,
    message: rule?.message ?? '',
    users: [...(when.users ?? [])],
    groups: [...(when.groups ?? [])],
    segments: [...(when.segments ?? [])],
    segmentGroups: [...(when.segmentGroups ?? [])],
    clientNetworks: [...(when.clientNetworks ?? [])],
    deviceLabels: [...(when.deviceLabels ?? [])],
    times: (when.times ?? []).map(keyed),
  }
}

/** The rule of a form. */
export function ruleOfForm(form: RuleForm, kind: PolicyKind): Rule {
  const lists = LISTS.flatMap(name => {
    const values = form[name].map(one => one.trim()).filter(one => one !== '')
    return values.length === 0 ? [] : [[name, values] as const]
  })
  const times = form.times.map(bare).map(time => ({ ...time, days: inOrder(time.days) }))
  const description = form.description.trim()
  const message = form.message.trim()
  return {
    name: form.name.trim(),
    ...(description !== '' && { description }),
    enabled: form.enabled,
    action: form.action,
    ...(kind === 'access' && form.action === 'deny' && message !== '' && { message }),
    when: { ...Object.fromEntries(lists), ...(times.length > 0 && { times }) },
  }
}

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const inOrder = (days: TimeRow['days']) => DAYS.filter(day => days.includes(day))

/** Every field at which a mistake can stand. */
export const fieldsOfRule = (form: Pick<RuleForm, 'times'>): readonly string[] => [
  ...['name', 'description', 'action', 'message', 'times'],
  ...LISTS,
  ...form.times.flatMap((_, at) =>
    ['', '.days', '.from', '.to', '.timeZone'].map(part => `times.${at}${part}`),
  ),
]
