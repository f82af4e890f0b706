import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PublicationView, publicationWrite } from '@portolan/console/contract'
import { endOfRange, fieldsOfPublication, formOfPublication, writeOfPublication } from './publication-form.ts'

const FULL = {
  name: 'partners',
  description: 'FTP of partners',
  enabled: false,
  edges: ['dmz-1'],
  host: '192.0.2.7',
  listeners: [
    { port: 21, serverPort: 2121 },
    { port: 990, serverPort: 2990 },
  ],
  passive: { basePort: 62_000, numberOfPorts: 500, serverBasePort: 61_000 },
  addressRules: [
    { clients: '10.0.0.0/8', address: '10.0.0.7', enabled: true },
    { address: 'control', enabled: false },
  ],
  server: 'ftp.corp.example',
  serverGroup: 'berlin',
}
const view: PublicationView = { ...FULL, revision: 2, changedAt: 0, changedBy: 'admin', warnings: [] }

test('a publication that is saved unchanged stays as it was', () => {
  assert.deepEqual(publicationWrite.parse(writeOfPublication(formOfPublication(view), view)), {
    ...FULL,
    revision: 2,
  })
})

test('a new publication asks for a name, a server and its group alone', () => {
  const form = { ...formOfPublication(undefined, 'berlin'), name: ' p ', server: ' 10.0.0.9 ' }
  assert.deepEqual(publicationWrite.parse(writeOfPublication(form, undefined)), {
    name: 'p',
    enabled: true,
    host: '0.0.0.0',
    listeners: [{ port: 21, serverPort: 21 }],
    passive: { basePort: 61_000, numberOfPorts: 1_024, serverBasePort: 61_000 },
    addressRules: [{ address: 'control', enabled: true }],
    server: '10.0.0.9',
    serverGroup: 'berlin',
  })
})

test('the end of a range follows what is typed, and is none where there is no range', () => {
  for (const [base, count, end] of [
    [61_000, 1_024, 62_023],
    ['61000', '1', 61_000],
    [65_535, 1, 65_535],
    [65_535, 2, undefined],
    ['', 5, undefined],
    [61_000, '', undefined],
    [61_000, 0, undefined],
    [1.5, 2, undefined],
  ] as const)
    assert.equal(endOfRange(base, count), end, `${base} ${count}`)
})

test('a mistake can stand at every row', () => {
  const fields = fieldsOfPublication(formOfPublication(view))
  for (const name of ['listeners.1.serverPort', 'addressRules.0.clients', 'passive.numberOfPorts', 'edges'])
    assert.ok(fields.includes(name), name)
})
