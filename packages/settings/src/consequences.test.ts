import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consequencesOf } from './consequences.ts'
import { parseSettings } from './parse.ts'
import type { SettingsInput } from './schema.ts'

const cases: { name: string; before?: SettingsInput; after: SettingsInput; told: string[] }[] = [
  { name: 'a time that changes', after: { timeouts: { idle: '1m' } }, told: [] },
  {
    name: 'a listener that comes',
    after: { listeners: [{ name: 'public' }, { name: 'tls', host: '::1', port: 990 }] },
    told: ['listener-opens listeners[1].port: The listener tls opens at [::1]:990.'],
  },
  {
    name: 'a listener that goes',
    before: {
      listeners: [
        { name: 'a', port: 1 },
        { name: 'b', port: 2 },
      ],
    },
    after: { listeners: [{ name: 'a', port: 1 }] },
    told: [
      'listener-closes listeners[1].port: The listener b at 0.0.0.0:2 closes: nobody can connect there any more. Sessions that stand go on.',
    ],
  },
  {
    name: 'a listener on another port',
    after: { listeners: [{ name: 'public', port: 21 }] },
    told: [
      'listener-moves listeners[0].port: The listener public moves from 0.0.0.0:2121 to 0.0.0.0:21: new clients have to come there, and the firewall has to let them. Sessions that stand go on.',
    ],
  },
  { name: 'a listener with another name', after: { listeners: [{ name: 'other' }] }, told: [] },
  {
    name: 'a passive range that grows and moves',
    before: { passive: { basePort: 50_000, numberOfPorts: 10 } },
    after: { passive: { basePort: 50_004, numberOfPorts: 20 } },
    told: [
      'ports-move passive.basePort: The passive range changes from 50000-50009 to 50004-50023: this opens 14 ports and closes 4 ports. Open the new ones in the firewall. Transfers that run go on with the ports they have.',
    ],
  },
  {
    name: 'a passive range that shrinks to one port',
    before: { passive: { basePort: 50_000, numberOfPorts: 2 } },
    after: { passive: { basePort: 50_000, numberOfPorts: 1 } },
    told: [
      'ports-move passive.basePort: The passive range changes from 50000-50001 to 50000: this opens 0 ports and closes 1 port. Transfers that run go on with the ports they have.',
    ],
  },
  {
    name: 'passive mode that is switched off',
    after: { passive: { enabled: false } },
    told: [
      'ports-move passive.basePort: The passive range 61000-62023 is given up: this opens 0 ports and closes 1024 ports. Transfers that run go on with the ports they have.',
    ],
  },
  {
    name: 'a base port for active mode',
    after: { active: { basePort: 10_000, numberOfPorts: 1 } },
    told: [
      'ports-move active.basePort: The active range is now 10000: this adds 1 port to dial from and gives up 0 ports. Transfers that run go on with the ports they have.',
    ],
  },
  {
    name: 'another port of the console',
    after: { console: { port: 9000 } },
    told: [
      'console-moves console.port: The web console moves from 127.0.0.1:8021 to 127.0.0.1:9000: open it there.',
    ],
  },
  {
    name: 'a console that is switched off',
    after: { console: { enabled: false } },
    told: [
      'console-moves console.enabled: The web console closes. `portolan config set console.enabled true` opens it again.',
    ],
  },
  {
    name: 'a gateway that is switched on',
    after: { gateway: { enabled: true } },
    told: [
      'gateway-moves gateway.enabled: The gateway opens at 0.0.0.0:8022: let edges through the firewall there.',
    ],
  },
  {
    name: 'a gateway that is switched off',
    before: { gateway: { enabled: true } },
    after: {},
    told: [
      'gateway-moves gateway.enabled: The gateway closes: edges lose their controller. Edges that are connected carry on what is open for the time of gateway.grace, and take nothing new.',
    ],
  },
  {
    name: 'a gateway at another port, and what it does otherwise',
    before: { gateway: { enabled: true } },
    after: { gateway: { enabled: true, port: 9000, grace: '1m' } },
    told: [
      'gateway-moves gateway.port: The gateway moves from 0.0.0.0:8022 to 0.0.0.0:9000: edges have to be told if that is another address for them. Edges that are connected carry on what is open for the time of gateway.grace, and take nothing new.',
    ],
  },
  {
    name: 'another port of a gateway that is off',
    after: { gateway: { port: 9000 } },
    told: [],
  },
  {
    name: 'what a running node does not take',
    after: { server: { workers: 3 }, metrics: {} },
    told: [
      'needs-restart server.workers: server.workers takes effect at the next start; until then the old value stays in force.',
      'needs-restart metrics: metrics takes effect at the next start; until then the old value stays in force.',
    ],
  },
]

for (const { name, before = {}, after, told } of cases) {
  test(`consequencesOf: ${name}`, () => {
    const found = consequencesOf(parseSettings(before), parseSettings(after))
    assert.deepEqual(
      found.map(({ code, path, text }) => `${code} ${path}: ${text}`),
      told,
    )
  })
}
