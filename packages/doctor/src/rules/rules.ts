import { worksOf } from '../works.ts'
import { activeRules } from './active.ts'
import { controlRules } from './control.ts'
import { dataTlsRules } from './data-tls.ts'
import type { Facts, Rule } from './facts.ts'
import { featureRules } from './features.ts'
import { greetingRules } from './greeting.ts'
import { loginRules } from './login.ts'
import { middleboxRules } from './middlebox.ts'
import { passiveRules } from './passive.ts'
import { slowRules } from './slow.ts'
import { tlsRules } from './tls.ts'
import { transferRules } from './transfers.ts'
import { inOrder, type Verdict } from './verdict.ts'

const RULES: readonly Rule[] = [
  controlRules,
  greetingRules,
  tlsRules,
  loginRules,
  middleboxRules,
  passiveRules,
  activeRules,
  dataTlsRules,
  featureRules,
  slowRules,
  transferRules,
]

/** What the evidence means: what explains most comes first. Never empty. */
export function judge(facts: Facts): readonly Verdict[] {
  const found = RULES.flatMap(rule => rule(facts))
  const explained = withoutTold(found)
  return inOrder([...explained, ...conclusion(facts, explained)])
}

/** Verdicts that say less than another one that is there. */
function withoutTold(found: readonly Verdict[]): readonly Verdict[] {
  const has = (code: Verdict['code']) => found.some(one => one.code === code)
  const proved = found.some(one => one.code === 'ALG_REWRITES_PASV' && one.confidence === 'certain')
  return found.filter(({ code }) => {
    // The address is wrong because it was changed on the way.
    if (code === 'WRONG_EXTERNAL_ADDRESS' || code === 'SERVER_ADVERTISES_PRIVATE') return !proved
    if (code === 'TLS_FAILED') return !has('WRONG_PORT_MODE')
    if (code === 'LISTING_REFUSED' || code === 'TRANSFER_BROKE')
      return !has('ANSWERED_BY_PROXY') && !has('DATA_TLS_FAILED') && !has('TICKETS_NOT_RESUMED')
    return true
  })
}

/** All is well, or nobody knows why it is not. */
function conclusion(facts: Facts, found: readonly Verdict[]): readonly Verdict[] {
  if (found.some(({ severity }) => severity === 'error')) return []
  const works = worksOf(facts)
  if (facts.evidence.login?.outcome === 'ok' && works?.asAsked) {
    if (found.some(({ severity }) => severity === 'warning')) return []
    const how = `${works.rung}, ${HOW[works.tls]}`
    return [
      {
        code: 'ALL_GOOD',
        confidence: 'certain',
        severity: 'note',
        text: `Everything that was examined works: the login, and data connections in ${works.mode} mode (${how}).`,
        fixes: {},
      },
    ]
  }
  return [
    {
      code: 'NO_WAY_FOUND',
      confidence: 'certain',
      severity: 'error',
      text:
        facts.evidence.login?.outcome === 'ok'
          ? `No data connection came about as it was asked for (mode ${facts.options.mode}), and what was seen fits none of the known causes. The steps above say what was tried.`
          : 'The login was not reached, and what was seen fits none of the known causes. The steps above say what was tried.',
      fixes: { client: 'Please report the output of --json: the cause can be learnt.' },
    },
  ]
}

const HOW = { off: 'in the clear', explicit: 'explicit TLS', implicit: 'implicit TLS' } as const
