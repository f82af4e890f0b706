import { compileAddressList } from './address-list.ts'
import { type Decision, decide } from './decision.ts'
import { compileGlobs, type Matcher } from './glob.ts'

/** Who belongs to a user class. A criterion that is absent fits everybody; those that are given have to fit together. */
export interface UserClassRule {
  /** The class. Several rules may name the same one. */
  readonly name: string
  /** User names: globs with `*` and `?`, separated by commas. */
  readonly users?: string | undefined
  /** Groups, one of which the user has to be in: globs, separated by commas. */
  readonly groups?: string | undefined
  /** Client addresses: single ones, CIDR networks, wildcard addresses such as `10.1.*`, separated by commas. */
  readonly from?: string | undefined
  /** Default true. */
  readonly enabled?: boolean | undefined
}

/** Whom to classify. */
export interface UserClassAsk {
  readonly user: string
  readonly groups: readonly string[]
  /** The client's address as PROXY protocol or the socket gives it. */
  readonly address: string
}

/** The class of those who fit no rule. */
export const DEFAULT_USER_CLASS = 'default'

/**
 * Compiles the ordered rules of user classes. The first enabled rule that fits gives the class; without one the class is `default`.
 * @throws {ChannelError} `CHANNEL_SETTING` that names the criterion which cannot be read
 */
export function compileUserClasses(rules: readonly UserClassRule[]): (who: UserClassAsk) => Decision<string> {
  const compiled = rules
    .map((rule, index) => ({ rule, number: index + 1 }))
    .filter(({ rule }) => rule.enabled !== false)
    .map(({ rule, number }) => ({ rule, number, fits: compileRule(rule) }))
  return who => {
    for (const { rule, number, fits } of compiled) {
      if (fits(who)) return decide(rule.name, 'user-class', describe(rule, number, who))
    }
    return decide(
      DEFAULT_USER_CLASS,
      'no-user-class',
      `no user class rule fits ${who.user} from ${who.address}: the class is ${DEFAULT_USER_CLASS}`,
    )
  }
}

function compileRule({ users, groups, from }: UserClassRule): (who: UserClassAsk) => boolean {
  const fitsUser: Matcher = users === undefined ? anything : compileGlobs(users)
  const fitsGroup: Matcher | undefined = groups === undefined ? undefined : compileGlobs(groups)
  const fitsFrom: Matcher = from === undefined ? anything : compileAddressList(from)
  return who => fitsUser(who.user) && (!fitsGroup || who.groups.some(fitsGroup)) && fitsFrom(who.address)
}

function describe(
  { name, users, groups, from }: UserClassRule,
  number: number,
  { user, address }: UserClassAsk,
): string {
  const criteria = [users && `users ${users}`, groups && `groups ${groups}`, from && `from ${from}`].filter(
    Boolean,
  )
  const why = criteria.length > 0 ? criteria.join(', ') : 'fits everybody'
  return `${user} from ${address} is of class ${name} by user class rule ${number} (${why})`
}

function anything(): boolean {
  return true
}
