import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeDocument } from './change.ts'

const MAIL = { host: 'mail.example.com', from: 'a@example.com' }

for (const { name, changes, paths } of [
  {
    name: 'a program',
    changes: [{ path: 'transfers.programs.shell', value: '/bin/sh' }],
    paths: ['transfers.programs'],
  },
  {
    name: 'programs at once',
    changes: [{ path: 'transfers.programs', value: { shell: '/bin/sh' } }],
    paths: ['transfers.programs'],
  },
  {
    name: 'a file within mail',
    changes: [{ path: 'transfers.mail', value: { ...MAIL, user: 'a', passwordFile: '/etc/shadow' } }],
    paths: ['transfers.mail.passwordFile'],
  },
  {
    name: 'several within the whole section',
    changes: [
      { path: 'transfers', value: { programs: { shell: '/bin/sh' }, webhookKeyFile: '/etc/shadow' } },
    ],
    paths: ['transfers.programs', 'transfers.webhookKeyFile'],
  },
  { name: 'mail alone', changes: [{ path: 'transfers.mail', value: MAIL }], paths: [] },
  { name: 'another setting', changes: [{ path: 'transfers.concurrency', value: 5 }], paths: [] },
]) {
  test(`the store is not told of what runs or is read on the machine: ${name}`, () => {
    const { problems } = changeDocument({}, changes)
    assert.deepEqual(
      problems.map(({ path }) => path),
      paths,
    )
  })
}

test('what got there all the same can be taken away', () => {
  const document = { transfers: { programs: { shell: '/bin/sh' } } }
  const { problems } = changeDocument(document, [{ path: 'transfers.programs', reset: true }])
  assert.deepEqual(problems, [])
})
