import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Handling, MIDDLEBOXES, type Middlebox, type MiddleboxName } from './middlebox.ts'

interface Case {
  readonly box: MiddleboxName
  readonly from: 'server' | 'client'
  readonly line: string
  readonly handling: Handling | undefined
}

const CASES: readonly Case[] = [
  {
    box: 'rewrites-pasv-address',
    from: 'server',
    line: '227 Entering Passive Mode (10,0,0,1,195,80).',
    handling: { forward: '227 Entering Passive Mode (192,0,2,99,195,80).' },
  },
  {
    box: 'rewrites-pasv-port',
    from: 'server',
    line: '227 =10,0,0,1,195,80',
    handling: { forward: '227 =10,0,0,1,191,104' },
  },
  {
    box: 'rewrites-pasv-address',
    from: 'server',
    line: '229 Extended (|||50000|)',
    handling: undefined,
  },
  {
    box: 'rewrites-port',
    from: 'client',
    line: 'port 10,0,0,1,195,80',
    handling: { forward: 'PORT 192,0,2,99,195,80' },
  },
  { box: 'rewrites-port', from: 'client', line: 'EPRT |1|10.0.0.1|50000|', handling: undefined },
  { box: 'strips-feat', from: 'server', line: ' AUTH TLS', handling: { keep: true } },
  { box: 'strips-feat', from: 'server', line: ' mlst size*;modify*;', handling: { keep: true } },
  { box: 'strips-feat', from: 'server', line: ' SIZE', handling: undefined },
  { box: 'strips-feat', from: 'server', line: '211 End', handling: undefined },
  {
    box: 'blocks-auth',
    from: 'client',
    line: 'auth tls',
    handling: { answer: '500 Command not understood' },
  },
  { box: 'blocks-auth', from: 'client', line: 'AUTHOR', handling: undefined },
  {
    box: 'blocks-epsv',
    from: 'client',
    line: 'EPSV 1',
    handling: { answer: '500 Command not understood' },
  },
  {
    box: 'masks-banner',
    from: 'server',
    line: '220 FTP 1.0 ready',
    handling: { forward: '220 *** *** *****' },
  },
  { box: 'masks-banner', from: 'server', line: '230 Logged in', handling: undefined },
  { box: 'kills-tls', from: 'client', line: 'AUTH TLS', handling: { reset: true } },
  { box: 'kills-pasv', from: 'server', line: '227 =10,0,0,1,195,80', handling: { reset: true } },
]

describe('a middlebox that', () => {
  for (const { box, from, line, handling } of CASES) {
    it(`${box} ${handling === undefined ? 'leaves' : 'handles'} "${line}" of the ${from}`, () => {
      const behaviour: Middlebox = MIDDLEBOXES[box]
      const made = from === 'server' ? behaviour.onServerLine?.(line) : behaviour.onClientLine?.(line)
      assert.deepEqual(made, handling)
    })
  }
})
