import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ProvisioningKeyView,
  provisioningKeyChange,
  provisioningKeyCreate,
} from '@portolan/console/contract'
import { formOfKey, formOfNewKey, KEY_LIVES, writeOfKey, writeOfNewKey } from './key-form.ts'

const view: ProvisioningKeyView = {
  name: 'berlin',
  description: 'Two connectors',
  kind: 'connector',
  enabled: false,
  connectorGroup: 'berlin',
  maxUses: 2,
  expiresAt: 5_000,
  networks: ['10.0.0.0/8'],
  uses: 1,
  state: 'disabled',
  createdAt: 0,
  createdBy: 'admin',
}

test('a new key has one use and seven days', () => {
  const form = { ...formOfNewKey('edge', 'berlin'), name: ' e1 ' }
  assert.deepEqual(provisioningKeyCreate.parse(writeOfNewKey(form, 1_000)), {
    name: 'e1',
    kind: 'edge',
    enabled: true,
    maxUses: 1,
    expiresAt: 1_000 + 7 * 86_400_000,
  })
})

test('a key of connectors names their group, and may live until it is used up', () => {
  const form = {
    ...formOfNewKey('connector', 'berlin'),
    name: 'c',
    maxUses: '3',
    days: '',
    networks: ['10.0.0.0/8'],
  }
  assert.deepEqual(provisioningKeyCreate.parse(writeOfNewKey(form, 0)), {
    name: 'c',
    kind: 'connector',
    enabled: true,
    connectorGroup: 'berlin',
    maxUses: 3,
    networks: ['10.0.0.0/8'],
  })
})

test('a key that is saved unchanged keeps its end, its networks and whether it is enabled', () => {
  assert.deepEqual(provisioningKeyChange.parse(writeOfKey(formOfKey(view), view, 9_000)), {
    description: 'Two connectors',
    enabled: false,
    expiresAt: 5_000,
    networks: ['10.0.0.0/8'],
  })
})

test('the end of a key is set anew or taken away', () => {
  const day = 86_400_000
  for (const { value } of KEY_LIVES) {
    const { expiresAt } = writeOfKey({ ...formOfKey(view), days: value }, view, 9_000)
    assert.equal(expiresAt, value === '' ? undefined : 9_000 + Number(value) * day)
  }
})
