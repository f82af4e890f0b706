import type { ApiClient } from '../../e2e/support/console.ts'

/** Something that a page of the console asks. */
export interface Question {
  readonly name: string
  readonly path: string
  /** False for what is no list page and has no target. */
  readonly isPage?: boolean
}

/** Rows of a page when one goes deep. */
const LIMIT = 500
/** Pages that one goes down. */
const DEEP = 20

/** Every list with every sort and filter, and the worst searches. */
export async function questions(api: ApiClient): Promise<readonly Question[]> {
  const deep = async (path: string) => {
    let before = ''
    for (let page = 0; page < DEEP; page++) {
      const { next } = await api.must<{ next?: string }>('GET', `${path}?limit=${LIMIT}${before}`)
      if (next === undefined) break
      before = `&before=${next}`
    }
    return `${path}?limit=50${before}`
  }
  const [transfers, incidents, audit] = [
    await deep('/transfers'),
    await deep('/incidents'),
    await deep('/audit'),
  ]
  const of = (list: string, asks: Readonly<Record<string, string>>): Question[] =>
    Object.entries(asks).map(([what, query]) => ({
      name: `${list}, ${what}`,
      path: query.startsWith('/') ? query : `/${list}?limit=50${query}`,
    }))
  return [
    ...of('users', {
      'by name': '',
      'by name, last page': '&offset=9950&order=desc',
      'by creation': '&sort=createdAt&order=desc',
      'by change': '&sort=changedAt&offset=5000',
      'by last login': '&sort=lastLoginAt&order=desc',
      '500 of a page': '/users?limit=500',
      'search, many': '&search=ser9',
      'search, none': '&search=nobody-at-all',
      'not enabled': '&enabled=false',
      'of a group': '&group=staff&offset=3000',
      'of the file': '&origin=file',
    }),
    ...of('transfers', {
      newest: '',
      deep: transfers,
      'in the middle': '&to=1700020000000',
      'of a user': '&user=user123',
      'of the busiest user': '&user=user7',
      'of nobody': '&user=nobody',
      uploads: '&direction=upload',
      broken: '&verdict=broken',
      active: '&mode=active',
      'broken active uploads of a user': '&user=user7&verdict=broken&mode=active&direction=upload',
      'with listings': '&listings=true',
      'search, in most': '&search=csv',
      'search, few': '&search=-777777-',
      'search, none': '&search=zzz-nothing',
      'search, two letters, none': '&search=%23%23',
      'search of a user, none': '&user=user123&search=zzz-nothing',
    }),
    ...of('incidents', {
      newest: '',
      deep: incidents,
      'of a kind': '&kind=data-failed',
      'of a code': '&code=password',
      'of a user': '&user=user123',
      'of an address': '&address=10.1.7.8',
      'search, many': '&search=password',
      'search, none': '&search=zzz-nothing',
    }),
    ...of('audit', {
      newest: '',
      deep: audit,
      'of an actor': '&actor=token:ci',
      'of an action': '&action=settings.change',
      'of a target': '&target=user77',
      'search, many': '&search=user.change',
      'search, none': '&search=zzz-nothing',
    }),
    ...of('the rest', {
      overview: '/overview',
      sessions: '/sessions',
      bans: '/bans',
      'groups with members': '/groups',
      'members of a group': '/users?group=staff',
      'settings, explained': '/settings/explain?limit=500',
      'settings, versions': '/settings/versions',
      administrators: '/administrators',
      tokens: '/tokens',
      certificates: '/certificates',
      'virtual folders': '/virtual-folders',
    }),
    { name: 'transfers as CSV, all that one may have', path: '/transfers.csv', isPage: false },
    { name: 'diagnosis of three months', path: '/diagnosis?hours=2000', isPage: false },
  ]
}
