import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localVolumes, parseMountInfo } from './mount-table.ts'

// Lines as proc(5) shows them, with and without optional fields.
const MOUNTS = parseMountInfo(
  [
    '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '22 27 0:21 / /proc rw,relatime - proc proc rw',
    '40 27 0:40 / /srv/net rw shared:5 master:1 - nfs4 server:/export rw',
    '41 27 0:41 / /srv/with\\040blank rw shared:5 - tmpfs tmpfs rw',
    '42 27 0:42 / /srv/fuse rw - fuse.sshfs me@host: rw',
    '43 27 0:43 / /srv/stacked rw - nfs server:/ rw',
    '44 43 0:44 / /srv/stacked rw - xfs /dev/vdb rw',
    'not a mount',
    '',
  ].join('\n'),
)

test('a mount has its path and its type, whatever stands between', () => {
  assert.deepEqual(MOUNTS[2], { path: '/srv/net', type: 'nfs4' })
  assert.deepEqual(MOUNTS[3], { path: '/srv/with blank', type: 'tmpfs' })
  assert.equal(MOUNTS.length, 7)
})

const cases: [root: string, local: boolean][] = [
  ['/home/ftp', true],
  ['/srv/with blank', true],
  ['/srv/with blank/below', true],
  ['/srv/net', false],
  ['/srv/net/below', false],
  ['/srv/network', true],
  ['/srv/fuse', false],
  ['/srv', false],
  ['/', false],
]

for (const [root, local] of cases) {
  test(`${root} is ${local ? 'on this machine' : 'not all on this machine'}`, () => {
    assert.equal(localVolumes(MOUNTS, root).below, local)
  })
}

test('of two mounts on one place the later one counts', () => {
  assert.equal(localVolumes(MOUNTS, '/srv/stacked').below, true)
  assert.equal(localVolumes(MOUNTS.toReversed(), '/srv/stacked').below, false)
})

test('where nothing is known nothing is taken for local', () => {
  assert.deepEqual(localVolumes([], '/srv'), { below: false, above: false })
})

test('the way to a folder is of this machine when every volume on it is', () => {
  assert.equal(localVolumes(MOUNTS, '/home/ftp').above, true)
  assert.equal(localVolumes(MOUNTS, '/srv/with blank/below').above, true)
  assert.equal(localVolumes(MOUNTS, '/srv').above, true)
  assert.equal(localVolumes(MOUNTS, '/srv/net').above, false)
  assert.equal(localVolumes(MOUNTS, '/srv/stacked').above, false)
})
