import type { Store, TransferAsk } from '@portolan/store'

/** Something that a page of the console asks. */
export interface Question {
  readonly name: string
  ask(store: Store): Promise<unknown>
}

const log = (name: string, ask: Omit<TransferAsk, 'limit'>): Question => ({
  name: `transfers: ${name}`,
  ask: async store => {
    const { items, next } = await store.transfers.list({ limit: 50, ...ask })
    return `${items.length}${next === undefined ? '' : ', more'}`
  },
})

const users = (name: string, ask: Partial<Parameters<Store['users']['list']>[0]>): Question => ({
  name: `users: ${name}`,
  ask: async store => {
    const { items, total } = await store.users.list({ offset: 0, limit: 50, ...ask })
    return `${items.length} of ${total}`
  },
})

/** What every list page can be asked, with the worst cases of each. */
export const QUESTIONS: readonly Question[] = [
  users('first page', {}),
  users('last page', { offset: 9_950 }),
  users('page 100, by last login', { offset: 5_000, sort: 'lastLoginAt', descending: true }),
  users('page 100, by change', { offset: 5_000, sort: 'changedAt', descending: true }),
  users('search, many', { search: 'ser9' }),
  users('search, none', { search: 'nobody' }),
  users('of a group', { group: 'staff', offset: 3_000 }),
  users('disabled', { enabled: false }),
  log('newest', {}),
  log('in the middle', { to: 1_700_020_000_000 }),
  log('of a user', { user: 'user123' }),
  log('of the busiest user', { user: 'user7' }),
  log('of nobody', { user: 'nobody' }),
  log('broken', { verdict: 'broken' }),
  log('broken, active, without listings', { verdict: 'broken', mode: 'active', listings: false }),
  log('of a verdict that never was', { verdict: 'never' }),
  log('broken uploads of a user', { user: 'user123', verdict: 'broken', direction: 'upload' }),
  log('of an hour long ago', { from: 1_700_003_600_000, to: 1_700_007_200_000 }),
  log('of an hour long ago, broken, of a user', {
    from: 1_700_003_600_000,
    to: 1_700_007_200_000,
    verdict: 'broken',
    user: 'user123',
  }),
  log('before everything', { to: 1_600_000_000_000 }),
  log('search, in most', { search: 'CSV' }),
  log('search, one', { search: '-777777-' }),
  log('search, none', { search: 'zzz-nothing' }),
  log('search, none, of frequent parts', { search: 'eport/order-report' }),
  log('search, two characters, in most', { search: 'in' }),
  log('search, two characters, none', { search: '##' }),
  log('search of a user, none', { user: 'user123', search: 'zzz-nothing' }),
  log('search of the busiest user, in many', { user: 'user7', search: 'invoice' }),
  log('search of the busiest user, none', { user: 'user7', search: 'nothing' }),
  log('search among the broken, in many', { verdict: 'broken', search: 'invoice' }),
  log('search among the broken, frequent, none', { verdict: 'broken', search: 'complete' }),
  log('search of a user that has it never', { user: 'user7', search: 'user1' }),
]
