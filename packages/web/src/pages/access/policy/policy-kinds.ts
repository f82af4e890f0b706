import type { Tone } from '../../../components/status.tsx'
import type { Action, PolicyKind } from './rule-form.ts'

/** What differs between the two policies. */
export const POLICIES: Readonly<
  Record<
    PolicyKind,
    {
      readonly path: string
      readonly title: string
      readonly description: string
      readonly empty: string
      /** What decides when no rule fits. */
      readonly last: { readonly who: string; readonly what: string; readonly tone: Tone }
      readonly other: { readonly title: string; readonly to: string }
    }
  >
> = {
  forwarding: {
    path: '/access/forwarding-policy',
    title: 'Client forwarding policy',
    description:
      'What agents send here, before anybody asks whether it is allowed. The first enabled rule that fits decides. A segment whose bypass is Always or Never is not asked about.',
    empty: 'There are no rules: agents send every segment here, and the access policy decides.',
    last: { who: 'Everything else', what: 'forwarded', tone: 'info' },
    other: { title: 'access policy', to: '/access/policy' },
  },
  access: {
    path: '/access/access-policy',
    title: 'Access policy',
    description:
      'Who may reach which segment. The segment that fits best is taken first, then the first enabled rule that fits decides.',
    empty:
      'There are no rules, so nobody reaches anything. A rule allows people or groups one or more segments.',
    last: { who: 'Everybody else', what: 'denied', tone: 'bad' },
    other: { title: 'client forwarding policy', to: '/access/forwarding' },
  },
}

/** An action as a table shows it. */
export const ACTION_WORDS: Readonly<Record<Action, readonly [Tone, string]>> = {
  allow: ['good', 'allow'],
  deny: ['bad', 'deny'],
  forward: ['info', 'forward'],
  bypass: ['idle', 'bypass'],
  'forward-allowed': ['info', 'only forward allowed'],
}
