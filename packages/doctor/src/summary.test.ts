import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DoneStep } from './evidence.ts'
import { describeStep } from './summary.ts'
import { active, CONNECT, connect, moved, passive, ports, refusal, SEEN, TLS } from './testing.ts'

type Found = Pick<DoneStep, 'step' | 'evidence'>

const cases: readonly (readonly [Found, string])[] = [
  [{ step: 'connect', evidence: CONNECT }, '192.175.48.1:21 in 12 ms'],
  [
    { step: 'connect', evidence: { host: 'a.invalid', port: 21, addresses: [], nameError: 'ENOTFOUND' } },
    'a.invalid has no address: ENOTFOUND',
  ],
  [
    {
      step: 'connect',
      evidence: {
        host: 'a',
        port: 21,
        addresses: [{ address: '2001:db8::1', class: 'unusable', connect: connect('timeout') }],
      },
    },
    '[2001:db8::1]:21 timeout after 2 seconds',
  ],
  [{ step: 'tls', evidence: TLS }, 'TLSv1.3 TLS_AES_256_GCM_SHA384, CN=ftp.example.org'],
  [{ step: 'seen', evidence: SEEN }, '192.168.1.10, as it is'],
  [{ step: 'seen', evidence: { ...SEEN, seen: '8.8.4.4' } }, '8.8.4.4, and has 192.168.1.10'],
  [{ step: 'epsv', evidence: passive('EPSV') }, '192.175.48.1:50001 in 12 ms, listing came'],
  [{ step: 'epsv', evidence: refusal('EPSV') }, '500 Unknown command'],
  [
    { step: 'pasv', evidence: passive('PASV', 'refused', { told: '10.0.0.5' }) },
    'tells 10.0.0.5:50001; 192.175.48.1:50001 refused after 12 ms, 10.0.0.5:50001 timeout after 2 seconds',
  ],
  [
    { step: 'ports', evidence: ports({ 50001: 'connected', 50009: 'timeout' }) },
    '1 of 2 can be reached, of 50001 to 50009',
  ],
  [
    { step: 'port', evidence: active('PORT') },
    'the server came to 192.168.1.10:40001 after 3 ms, listing came',
  ],
  [
    { step: 'port', evidence: active('PORT', 'nobody-came', { ms: 2_000 }) },
    'nobody came to 192.168.1.10:40001 within 2 seconds',
  ],
  [
    {
      step: 'other-way',
      evidence: { channel: 'tls', login: 'ok', epsv: passive('EPSV'), port: active('PORT') },
    },
    'under TLS: EPSV 192.175.48.1:50001 in 12 ms, listing came; PORT the server came to 192.168.1.10:40001 after 3 ms, listing came',
  ],
  [
    { step: 'echo', evidence: { channel: 'clear', sent: 'PORT 1', received: 'PORT 2' } },
    '“PORT 1” arrives as “PORT 2”',
  ],
  [
    {
      step: 'data-tls',
      evidence: {
        transfers: [
          { resume: true, transfer: moved({ tls: { protocol: 'TLSv1.3', reused: true } }) },
          { resume: false, transfer: moved({ outcome: 'refused' }) },
        ],
      },
    },
    '1 of 1 resumed, without resumption refused',
  ],
]

for (const [found, expected] of cases) {
  test(`${found.step}: ${expected}`, () => {
    // The step and its evidence belong together in the table above.
    const step = { ...found, status: 'pass', ms: 1 } as DoneStep
    assert.equal(describeStep(step).line, expected)
  })
}

test('a step that was left out says why', () => {
  const { title, line } = describeStep({
    step: 'noop',
    status: 'skip',
    evidence: { reason: 'No file.' },
    ms: 0,
  })
  assert.deepEqual([title, line], ['NOOP meanwhile', 'No file.'])
})
