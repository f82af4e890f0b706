import type { Store, TransferRow } from '@portolan/store'

const WORDS = [
  'invoice',
  'report',
  'order',
  'statement',
  'archive',
  'backup',
  'image',
  'customer',
  'delivery',
]

/** Rows of one append. */
export const BATCH = 1_000

/** The first row's time; then one comes every 40 milliseconds. */
const FIRST = 1_700_000_000_000

/** Numbers that are the same in every run. */
function numbers(seed: number): (bound: number) => number {
  let state = seed
  return bound => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

/** Makes users; every third is in the group `staff`. */
export async function makeUsers(store: Store, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const document = { home: `files/user${index}`, permissions: [{ path: '/', allow: 'all' }] }
    await store.users.create(
      `user${index}`,
      {
        document,
        enabled: index % 50 !== 0,
        groups: index % 3 === 0 ? ['staff'] : [],
        password: `$argon2id$${index}`,
      },
      { by: 'bench' },
    )
  }
}

/**
 * Writes rows of the transfers log: one user makes a tenth of them, listings are a third, one in fifty is broken.
 * @returns milliseconds of each append
 */
export async function makeTransfers(store: Store, count: number): Promise<readonly number[]> {
  const random = numbers(7)
  const times: number[] = []
  for (let first = 0; first < count; first += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - first) }, (_, index) =>
      transfer(first + index, random),
    )
    const start = performance.now()
    await store.transfers.append(rows)
    times.push(performance.now() - start)
  }
  return times
}

function transfer(index: number, random: (bound: number) => number): Omit<TransferRow, 'id'> {
  const word = () => WORDS[random(WORDS.length)] ?? ''
  const direction = (['download', 'upload', 'listing'] as const)[random(3)] ?? 'upload'
  const broken = random(50) === 0
  const mode = random(4) === 0 ? 'active' : 'passive'
  return {
    at: FIRST + index * 40,
    node: 'node-1',
    session: `s${(index >> 3).toString(36)}`,
    user: random(10) === 0 ? 'user7' : `user${random(10_000)}`,
    address: `10.${random(4)}.${random(256)}.${random(256)}`,
    command: direction === 'upload' ? 'STOR' : direction === 'download' ? 'RETR' : 'MLSD',
    path:
      direction === 'listing'
        ? `/${word()}/${word()}`
        : `/${word()}/${word()}/${word()}-${index}-${random(1e6).toString(36)}.csv`,
    direction,
    mode,
    local: `192.0.2.1:${61_000 + random(1_024)}`,
    remote: `10.0.0.1:${1_024 + random(60_000)}`,
    because:
      mode === 'active' ? 'the address that PORT named' : 'rule 2: the address of the control connection',
    tls: 'TLSv1.3',
    bytes: random(1e9),
    ms: random(1e5),
    verdict: broken ? 'broken' : 'complete',
    reply: broken ? 426 : 226,
    text: broken ? 'Connection reset by peer' : 'Transfer complete',
  }
}
