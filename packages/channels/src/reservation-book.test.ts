import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { PortRange } from './port-range.ts'
import { type PortSharing, ReservationBook, type Ticket } from './reservation-book.ts'

function bookOf(numberOfPorts: number, sharing: PortSharing = 'by-client', restMs = 0) {
  let now = 0
  const book = new ReservationBook({
    range: PortRange.of({ basePort: 2000, numberOfPorts }),
    sharing,
    random: below => randomInt(below),
    now: () => now,
    restMs,
  })
  return { book, pass: (ms: number) => (now += ms) }
}

function take(book: ReservationBook, address: string): Ticket {
  const ticket = book.reserve(address)
  assert.ok(ticket, `no port for ${address}`)
  return ticket
}

test('one port serves any number of client addresses at once', () => {
  const { book } = bookOf(1)
  const tickets = Array.from({ length: 1000 }, (_, i) => take(book, `10.0.${i >> 8}.${i & 255}`))
  assert.ok(tickets.every(({ port }) => port === 2000))
  assert.equal(book.reserved, 1000)
  for (const { port, address } of tickets) assert.ok(book.arrive(port, address))
  assert.deepEqual([book.reserved, book.parties], [0, 0])
})

test('one client address gets every port once, then has to wait', () => {
  const { book } = bookOf(8)
  const ports = Array.from({ length: 8 }, () => take(book, '10.0.0.1').port)
  assert.equal(new Set(ports).size, 8)
  assert.equal(book.reserve('10.0.0.1'), undefined)
  assert.ok(book.reserve('10.0.0.2'))
})

test('exclusive: a port has one reservation, whoever asks', () => {
  const { book } = bookOf(2, 'exclusive')
  const first = take(book, '10.0.0.1')
  const second = take(book, '10.0.0.2')
  assert.notEqual(first.port, second.port)
  assert.equal(book.reserve('10.0.0.3'), undefined)
  assert.equal(book.arrive(first.port, '10.0.0.2'), undefined)
  assert.equal(book.arrive(first.port, '10.0.0.1'), first)
  assert.equal(take(book, '10.0.0.3').port, first.port)
})

test('those who wait are served in the order in which they came', () => {
  for (const sharing of ['by-client', 'exclusive'] as const) {
    const { book } = bookOf(1, sharing)
    const held = take(book, '10.0.0.1')
    const served: string[] = []
    const grants: Ticket[] = []
    for (const name of ['a', 'b', 'c']) {
      book.wait('10.0.0.1', ticket => {
        served.push(name)
        grants.push(ticket)
      })
    }
    assert.equal(book.waiting, 3)
    book.arrive(held.port, held.address)
    assert.deepEqual(served, ['a'])
    book.release(grants[0] ?? held)
    assert.deepEqual(served, ['a', 'b'])
    assert.equal(book.waiting, 1)
  }
})

test('who gives up the wait is passed over, and giving up twice changes nothing', () => {
  const { book } = bookOf(1)
  const held = take(book, 'a')
  const served: string[] = []
  const giveUp = book.wait('a', () => served.push('first'))
  book.wait('a', () => served.push('second'))
  giveUp()
  giveUp()
  book.release(held)
  assert.deepEqual(served, ['second'])
  assert.equal(book.waiting, 0)
})

test('a connection that nobody waits for belongs to no reservation', () => {
  const { book } = bookOf(4)
  const { port } = take(book, '10.0.0.1')
  assert.equal(book.arrive(port, '10.0.0.9'), undefined)
  assert.equal(book.arrive(port === 2000 ? 2001 : 2000, '10.0.0.1'), undefined)
  assert.equal(book.reserved, 1)
})

test('a reservation takes one connection, not two', () => {
  const { book } = bookOf(1)
  take(book, 'a')
  assert.ok(book.arrive(2000, 'a'))
  assert.equal(book.arrive(2000, 'a'), undefined)
})

test('a port given back unused rests for its client, as long as there is another', () => {
  const { book, pass } = bookOf(2, 'by-client', 1000)
  const first = take(book, 'a')
  book.release(first)
  for (let i = 0; i < 20; i++) {
    const next = take(book, 'a')
    assert.notEqual(next.port, first.port)
    book.arrive(next.port, 'a')
  }
  const other = take(book, 'a')
  assert.equal(take(book, 'a').port, first.port, 'the resting port has to do when no other is left')
  book.arrive(first.port, 'a')
  book.release(other)
  pass(1001)
  book.arrive(take(book, 'b').port, 'b')
  assert.deepEqual([book.parties, book.reserved], [0, 0], 'nothing is kept of those who have rested')
})

const rulesOf = (basePort: number, numberOfPorts: number, sharing: PortSharing = 'by-client') => ({
  range: PortRange.of({ basePort, numberOfPorts }),
  sharing,
})

test('a port without a listener is handed out to nobody until it stands', () => {
  const { book } = bookOf(2)
  book.change(rulesOf(2000, 2), [2000])
  assert.equal(take(book, 'a').port, 2001)
  assert.equal(book.reserve('a'), undefined)
  let granted: number | undefined
  book.wait('a', ({ port }) => {
    granted = port
  })
  book.stand(2000)
  assert.equal(granted, 2000)
})

test('a reservation on a port that loses its listener stands, and its port is not free afterwards', () => {
  const { book } = bookOf(1)
  const ticket = take(book, 'a')
  book.change(rulesOf(2000, 1), [2000])
  assert.equal(book.release(ticket), true)
  assert.equal(book.reserve('a'), undefined)
  book.stand(2000)
  assert.ok(book.reserve('a'))
})

test('after a change of range the next reservation is in the new one, and those made before stay good', () => {
  const { book } = bookOf(4)
  const before = Array.from({ length: 4 }, () => take(book, 'a'))
  book.change(rulesOf(2002, 4), [])
  const after = Array.from({ length: 2 }, () => take(book, 'a').port)
  assert.deepEqual(after.toSorted(), [2004, 2005], 'what was reserved in both is not given twice')
  assert.equal(book.reserve('a'), undefined)
  for (const { port, address } of before) assert.equal(book.arrive(port, address)?.port, port)
  const rest = Array.from({ length: 2 }, () => take(book, 'a').port)
  assert.deepEqual(
    rest.toSorted(),
    [2002, 2003],
    'the ports of the old range come back only where they are in the new',
  )
  assert.equal(book.reserve('a'), undefined)
})

test('who waits is served from the new range, in the order in which they came', () => {
  const { book } = bookOf(1, 'exclusive')
  take(book, 'x')
  const served: string[] = []
  for (const name of ['a', 'b', 'c'])
    book.wait(name, ({ address, port }) => served.push(`${address} ${port}`))
  book.change(rulesOf(3000, 1, 'exclusive'), [])
  assert.deepEqual(served, ['a 3000'])
  book.change(rulesOf(3001, 1, 'by-client'), [])
  assert.deepEqual(served, ['a 3000', 'b 3001', 'c 3001'])
  assert.equal(book.waiting, 0)
})

test('without a range nothing is handed out, and reservations go on', () => {
  const { book } = bookOf(1)
  const ticket = take(book, 'a')
  book.change({ range: undefined, sharing: 'by-client' }, [])
  assert.equal(book.reserve('b'), undefined)
  assert.deepEqual(book.pendingPorts, [2000])
  assert.equal(book.arrive(2000, 'a'), ticket)
  assert.deepEqual([book.reserved, book.parties], [0, 0])
})

test('a port that rests goes on resting for its client', () => {
  const { book, pass } = bookOf(2, 'by-client', 1000)
  const first = take(book, 'a')
  book.release(first)
  book.change(rulesOf(2000, 3), [])
  assert.deepEqual([...book.resting()], [first.port])
  for (let i = 0; i < 20; i++) {
    const { port } = take(book, 'a')
    assert.notEqual(port, first.port)
    book.arrive(port, 'a')
  }
  pass(1001)
  assert.deepEqual([...book.resting()], [])
})

test('whatever happens, a port and a client have one reservation, no port is outside the range, and the end is empty', () => {
  const client = fc.constantFrom('a', 'b', 'c')
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('reserve' as const), client }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('arrive' as const), client, pick: fc.nat(20) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('release' as const), client, pick: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('giveUp' as const), client, pick: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('fall' as const), client, pick: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('change' as const), client, pick: fc.nat(100) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('stand' as const), client, pick: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), client, pick: fc.nat(20) }) },
  )
  fc.assert(
    fc.property(
      fc.constantFrom<PortSharing>('by-client', 'exclusive'),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(0, 10),
      fc.array(step, { maxLength: 120, size: 'max' }),
      (firstSharing, firstCount, restMs, steps) => {
        const { book, pass } = bookOf(firstCount, firstSharing, restMs)
        let { range, sharing } = rulesOf(2000, firstCount, firstSharing)
        const live = new Set<Ticket>()
        const waits = new Map<() => void, string>()
        const fallen = new Set<number>()
        const change = (next: ReturnType<typeof rulesOf>) => {
          ;({ range, sharing } = next)
          for (const port of fallen) if (!range.contains(port)) fallen.delete(port)
          book.change(next, fallen)
        }
        /** Ports of the range that this client cannot have. */
        const takenFor = (address: string) => {
          const mine = [...live].filter(held => sharing === 'exclusive' || held.address === address)
          return new Set([...mine.map(({ port }) => port).filter(port => range.contains(port)), ...fallen])
        }
        const issued = (ticket: Ticket) => {
          for (const other of live) {
            const clash =
              other.port === ticket.port && (sharing === 'exclusive' || other.address === ticket.address)
            assert.ok(!clash, `${ticket.port} was given to ${ticket.address} twice`)
          }
          assert.ok(range.contains(ticket.port))
          assert.ok(!fallen.has(ticket.port), 'a fallen port was handed out')
          live.add(ticket)
        }
        const end = (ticket: Ticket, how: 'arrive' | 'release') => {
          live.delete(ticket)
          if (how === 'arrive') assert.equal(book.arrive(ticket.port, ticket.address), ticket)
          else assert.equal(book.release(ticket), true)
        }
        const reserve = (address: string) => {
          const ticket = book.reserve(address)
          if (ticket) return issued(ticket)
          const giveUp = book.wait(address, granted => {
            waits.delete(giveUp)
            issued(granted)
          })
          waits.set(giveUp, address)
        }
        for (const one of steps) {
          if (one.do === 'reserve') {
            reserve(one.client)
          } else {
            const { pick } = one
            const ticket = [...live][pick % Math.max(live.size, 1)]
            const giveUp = [...waits.keys()][pick % Math.max(waits.size, 1)]
            const port = range.base + (pick % range.count)
            if ((one.do === 'arrive' || one.do === 'release') && ticket) end(ticket, one.do)
            if (one.do === 'giveUp' && giveUp) {
              waits.delete(giveUp)
              giveUp()
            }
            if (one.do === 'fall' && !fallen.has(port)) {
              fallen.add(port)
              change({ range, sharing })
            }
            if (one.do === 'stand') {
              fallen.delete(port)
              book.stand(port)
            }
            if (one.do === 'pass') pass(pick)
            if (one.do === 'change') {
              change(rulesOf(2000 + (pick % 6), 1 + (pick % 4), pick % 3 === 0 ? 'exclusive' : 'by-client'))
            }
          }
          assert.equal(book.reserved, live.size)
          assert.equal(book.waiting, waits.size)
          for (const address of waits.values()) {
            assert.equal(takenFor(address).size, range.count, 'somebody waits although a port is free')
          }
        }
        for (const giveUp of waits.keys()) giveUp()
        waits.clear()
        for (const ticket of [...live]) end(ticket, 'arrive')
        pass(1000)
        for (const port of fallen) book.stand(port)
        fallen.clear()
        // The next one to come finds every port free again.
        for (let i = 0; i < range.count; i++) reserve('z')
        assert.equal(live.size, range.count)
        for (const ticket of [...live]) end(ticket, 'arrive')
        assert.deepEqual([book.reserved, book.waiting, book.parties], [0, 0, 0])
      },
    ),
    { numRuns: 500 },
  )
})
