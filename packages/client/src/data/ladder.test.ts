import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rung } from '../errors.ts'
import { type HostFacts, HostMemory } from '../host-memory.ts'
import { type ClientOptions, resolveOptions } from '../options.ts'
import { rungsToTry } from './ladder.ts'

interface Case {
  readonly name: string
  readonly options?: Partial<ClientOptions>
  readonly peer?: string
  readonly rung?: Rung
  readonly refused?: readonly Rung[]
  readonly expect: readonly Rung[]
}

const cases: readonly Case[] = [
  { name: 'passive mode tries EPSV, then PASV', expect: ['EPSV', 'PASV'] },
  { name: 'active mode tries EPRT, then PORT', options: { mode: 'active' }, expect: ['EPRT', 'PORT'] },
  {
    name: 'auto tries passive, then active',
    options: { mode: 'auto' },
    expect: ['EPSV', 'PASV', 'EPRT', 'PORT'],
  },
  {
    name: 'IPv6 has EPSV and EPRT alone',
    options: { mode: 'auto' },
    peer: '2001:db8::1',
    expect: ['EPSV', 'EPRT'],
  },
  { name: 'EPSV can be left out on IPv4', options: { epsv: false }, expect: ['PASV'] },
  {
    name: 'EPSV cannot be left out on IPv6',
    options: { epsv: false },
    peer: '2001:db8::1',
    expect: ['EPSV'],
  },
  {
    name: 'the server’s own address comes with PASV alone',
    options: { pasvAddress: 'server' },
    expect: ['PASV', 'EPSV'],
  },
  { name: 'what moved data last goes first', rung: 'PASV', expect: ['PASV', 'EPSV'] },
  {
    name: 'a rung remembered in another mode does not come back',
    options: { mode: 'active' },
    rung: 'EPSV',
    expect: ['EPRT', 'PORT'],
  },
  { name: 'what was refused is left out', refused: ['EPSV'], expect: ['PASV'] },
  {
    name: 'what was refused is tried again when nothing else is left',
    refused: ['EPSV', 'PASV'],
    expect: ['EPSV', 'PASV'],
  },
]

for (const { name, options, peer = '192.0.2.1', rung, refused = [], expect } of cases) {
  test(name, () => {
    const facts: HostFacts = new HostMemory().of('host')
    if (rung) facts.rung = rung
    for (const one of refused) facts.refused.add(one)
    assert.deepEqual(rungsToTry(resolveOptions({ host: 'h', ...options }), facts, peer), expect)
  })
}
