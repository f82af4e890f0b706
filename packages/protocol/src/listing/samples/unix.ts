import type { SampleGroup } from './sample.ts'

const today = { modified: '2026-11-21T05:22Z', precision: 'minute' } as const
const lastYear = { modified: '2025-11-21', precision: 'day' } as const
const file = { name: 'name', kind: 'file', size: 1234, mode: 0o644, owner: 'anna', group: 'staff' } as const

export const unixColumns: SampleGroup = {
  name: 'UNIX: columns',
  dialect: 'unix',
  samples: [
    { line: '-rw-r--r--   1 anna     staff        1234 Nov 21 05:22 name', expect: { ...file, ...today } },
    { line: '-rw-r--r--   1 anna     staff        1234 Nov 21  2025 name', expect: { ...file, ...lastYear } },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 2025 name', expect: { ...file, ...lastYear } },
    { line: '-rw-r--r--\t1\tanna\tstaff\t1234\tNov\t21\t05:22\tname', expect: { ...file, ...today } },
    { line: '-rw-r--r--@  1 anna  staff  1234 Nov 21 05:22 name', expect: { ...file, ...today } },
    { line: '-rw-r--r--+  1 anna  staff  1234 Nov 21 05:22 name', expect: { ...file, ...today } },
    { line: '-rw-r--r--.  1 anna  staff  1234 Nov 21 05:22 name', expect: { ...file, ...today } },
    { line: '-rw-r--r--e  1 anna  staff  1234 Nov 21 05:22 name', expect: { ...file, ...today } },
    {
      line: 'drwxr-xr-x   2 anna     staff        4096 Nov 21 05:22 pub',
      expect: {
        name: 'pub',
        kind: 'folder',
        size: 4096,
        mode: 0o755,
        owner: 'anna',
        group: 'staff',
        ...today,
      },
    },
    {
      line: 'drwxrwxrwt  17 root     root         4096 Nov 21 05:22 tmp',
      expect: {
        name: 'tmp',
        kind: 'folder',
        size: 4096,
        mode: 0o1777,
        owner: 'root',
        group: 'root',
        ...today,
      },
    },
    {
      line: 'drwxrwx--T   2 root     root         4096 Nov 21 05:22 drop',
      expect: {
        name: 'drop',
        kind: 'folder',
        size: 4096,
        mode: 0o1770,
        owner: 'root',
        group: 'root',
        ...today,
      },
    },
    {
      line: '-rwsr-sr-x   1 root     root         1234 Nov 21 05:22 su',
      expect: { name: 'su', kind: 'file', size: 1234, mode: 0o6755, owner: 'root', group: 'root', ...today },
    },
    {
      line: '-rwSr-Sr--   1 root     root         1234 Nov 21 05:22 su',
      expect: { name: 'su', kind: 'file', size: 1234, mode: 0o6644, owner: 'root', group: 'root', ...today },
    },
    {
      line: '-rw-r-lr--   1 root     root         1234 Nov 21 05:22 locked',
      expect: {
        name: 'locked',
        kind: 'file',
        size: 1234,
        mode: 0o2644,
        owner: 'root',
        group: 'root',
        ...today,
      },
    },
    {
      line: '----------   1 owner    group         1234 Nov 21 05:22 name',
      expect: { ...file, mode: 0, owner: 'owner', group: 'group', ...today },
    },
    {
      line: '-rwxrwx-wr   1 owner    group         1234 Nov 21 05:22 letters-at-other-places',
      expect: {
        name: 'letters-at-other-places',
        kind: 'file',
        size: 1234,
        owner: 'owner',
        group: 'group',
        ...today,
      },
    },
    {
      line: '-rw-r--r--   1 1000     1000         1234 Nov 21 05:22 name',
      expect: { ...file, owner: '1000', group: '1000', ...today },
    },
    {
      line: '-rw-r--r--   1 anna         1234 Nov 21 05:22 name',
      expect: { name: 'name', kind: 'file', size: 1234, mode: 0o644, owner: 'anna', ...today },
    },
    {
      line: 'dr-xr-xr-x   2 root     512 Apr  8  1994 etc',
      expect: {
        name: 'etc',
        kind: 'folder',
        size: 512,
        mode: 0o555,
        owner: 'root',
        modified: '1994-04-08',
        precision: 'day',
      },
    },
    {
      line: '-rw-r--r--   1         1234 Nov 21 05:22 name',
      expect: { name: 'name', kind: 'file', size: 1234, mode: 0o644, ...today },
    },
    { line: '-rw-r--r-- anna staff 1234 Nov 21 05:22 name', expect: { ...file, ...today } },
    {
      line: '-rw-r--r--   1 Anna Maria Meyer staff 1234 Nov 21 05:22 name',
      expect: { ...file, owner: 'Anna Maria Meyer', ...today },
    },
    {
      line: '-rw-r--r--   1 Anna Meyer   Domain Users   1234 Nov 21 05:22 name',
      expect: { ...file, owner: 'Anna Meyer', group: 'Domain Users', ...today },
    },
    {
      line: '-rwx------   1 EXAMPLE\\anna EXAMPLE\\Domain-Users 1234 Nov 21 05:22 name',
      expect: { ...file, mode: 0o700, owner: 'EXAMPLE\\anna', group: 'EXAMPLE\\Domain-Users', ...today },
    },
    {
      line: '-rw-r--r--   1 Jan 1 2000 Nov 21 05:22 name',
      expect: { ...file, owner: 'Jan', group: '1', size: 2000, ...today },
    },
    { line: '1311 -rw-r--r--   1 anna  staff  1234 Nov 21 05:22 name', expect: { ...file, ...today } },
    { line: ' 1311    8 -rw-r--r--   1 anna  staff  1234 Nov 21 05:22 name', expect: { ...file, ...today } },
    {
      line: 'brw-rw----   1 root     disk       8,   1 Nov 21 05:22 sda1',
      expect: { name: 'sda1', kind: 'other', mode: 0o660, owner: 'root', group: 'disk', ...today },
    },
    {
      line: 'crw-rw-rw-   1 root     root       1,3 Nov 21 05:22 null',
      expect: { name: 'null', kind: 'other', mode: 0o666, owner: 'root', group: 'root', ...today },
    },
    {
      line: 'crw-------   1 root     wheel      0x14000003 Nov 21 05:22 tty',
      expect: { name: 'tty', kind: 'other', mode: 0o600, owner: 'root', group: 'wheel', ...today },
    },
    {
      line: 'prw-r--r--   1 anna     staff           0 Nov 21 05:22 pipe',
      expect: { name: 'pipe', kind: 'other', mode: 0o644, owner: 'anna', group: 'staff', ...today },
    },
    {
      line: 'srwxrwxrwx   1 anna     staff           0 Nov 21 05:22 socket',
      expect: { name: 'socket', kind: 'other', mode: 0o777, owner: 'anna', group: 'staff', ...today },
    },
    {
      line: 'Dr--r--r--   1 root     root            0 Nov 21 05:22 door',
      expect: { name: 'door', kind: 'other', mode: 0o444, owner: 'root', group: 'root', ...today },
    },
    {
      line: '?rw-r--r--   1 root     root            0 Nov 21 05:22 strange',
      expect: {
        name: 'strange',
        kind: 'unknown',
        size: 0,
        mode: 0o644,
        owner: 'root',
        group: 'root',
        ...today,
      },
    },
    {
      line: '-rw-r--r--   1 anna staff 9007199254740993 Nov 21 05:22 name',
      expect: { name: 'name', kind: 'file', mode: 0o644, owner: 'anna', group: 'staff', ...today },
    },
    {
      line: '-rw-r--r--   1 anna staff -2147483648 Nov 21 05:22 name',
      expect: { name: 'name', kind: 'file', mode: 0o644, owner: 'anna', group: 'staff', ...today },
    },
    {
      line: '-rw-r--r--   1 anna staff 1.2K Nov 21 05:22 name',
      expect: { name: 'name', kind: 'file', mode: 0o644, owner: 'anna', group: 'staff', ...today },
    },
    {
      line: '-rw-r--r--   1 anna staff 1,234,567 Nov 21 05:22 name',
      expect: { ...file, size: 1_234_567, ...today },
    },
    {
      line: 'drwxrwxrwx   1 owner    group       <DIR> Nov 21 05:22 name',
      expect: { name: 'name', kind: 'folder', mode: 0o777, owner: 'owner', group: 'group', ...today },
    },
    {
      line: '-------r--         326  1391972  1392298 Nov 22  1995 NetPresenz.sit',
      expect: {
        name: 'NetPresenz.sit',
        kind: 'file',
        size: 1_392_298,
        mode: 0o004,
        modified: '1995-11-22',
        precision: 'day',
      },
    },
    {
      line: 'drwxrwxr-x               folder        2 May 10  1996 network',
      expect: { name: 'network', kind: 'folder', mode: 0o775, modified: '1996-05-10', precision: 'day' },
    },
    { line: 'total 123', expect: 'ignored' },
    { line: 'total 1.2M', expect: 'ignored' },
    { line: 'insgesamt 123', expect: 'ignored' },
    { line: '合計 123', expect: 'ignored' },
    { line: 'drwxr-xr-x   2 anna staff 4096 Nov 21 05:22 .', expect: 'ignored' },
    { line: 'drwxr-xr-x   2 anna staff 4096 Nov 21 05:22 ..', expect: 'ignored' },
    { line: 'drwxr-xr-x   2 anna staff 4096 Nov 21 05:22 ../', expect: 'ignored' },
    { line: '-rw-r--r--   1 anna staff 1234 Nov 21 05:22 ', expect: 'unparsed' },
    { line: '-rw-r--r--   1 anna staff 1234 Nov 21 05:22', expect: 'unparsed' },
    { line: '-rw-r--r--   1 anna staff many Nov 21 05:22 name', expect: 'unparsed' },
    { line: '-rw-r--r--   1 anna staff 1234 Xyz 21 05:22 name', expect: 'unparsed' },
    { line: '-rw-r--r--', expect: 'unparsed' },
    { line: 'zrw-r--r--   1 anna staff 1234 Nov 21 05:22 name', expect: 'unparsed' },
    { line: '-rw-r--r--*  1 anna staff 1234 Nov 21 05:22 name', expect: 'unparsed' },
    { line: 'ls: name: Permission denied', expect: 'unparsed' },
    { line: './folder:', expect: 'unparsed' },
    { line: 'total disaster', expect: 'unparsed' },
  ],
}

const named = { ...file, ...today }
const link = { kind: 'link', mode: 0o777, owner: 'anna', group: 'staff', ...today } as const

export const unixNames: SampleGroup = {
  name: 'UNIX: names and links',
  dialect: 'unix',
  samples: [
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 a  b   c', expect: { ...named, name: 'a  b   c' } },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22   leading', expect: { ...named, name: '  leading' } },
    {
      line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 trailing  ',
      expect: { ...named, name: 'trailing  ' },
    },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22  ', expect: { ...named, name: ' ' } },
    {
      line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 Nov 21 05:22 x',
      expect: { ...named, name: 'Nov 21 05:22 x' },
    },
    {
      line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 2026 report',
      expect: { ...named, name: '2026 report' },
    },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 -> odd', expect: { ...named, name: '-> odd' } },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 a -> b', expect: { ...named, name: 'a -> b' } },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 /pub/name', expect: { ...named, name: '/pub/name' } },
    {
      line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 ../../etc/passwd',
      expect: { ...named, name: '../../etc/passwd' },
    },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 a\\b', expect: { ...named, name: 'a\\b' } },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 a\rb', expect: { ...named, name: 'a\rb' } },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 a\0b', expect: { ...named, name: 'a\0b' } },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 name\r\r', expect: named },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 ...', expect: { ...named, name: '...' } },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 .profile', expect: { ...named, name: '.profile' } },
    {
      line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 Übergröße 日本',
      expect: { ...named, name: 'Übergröße 日本' },
    },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 caf\udce9', expect: { ...named, name: 'caf\udce9' } },
    { line: '-rw-r--r-- 1 anna staff 1234 Nov 21 05:22 name/', expect: { ...named, name: 'name/' } },
    {
      line: 'drwxr-xr-x 1 anna staff 1234 Nov 21 05:22 pub/',
      expect: { ...named, name: 'pub', kind: 'folder', mode: 0o755 },
    },
    {
      line: 'lrwxrwxrwx 1 anna staff 7 Nov 21 05:22 bin -> usr/bin',
      expect: { ...link, name: 'bin', size: 7, target: 'usr/bin' },
    },
    { line: 'lrwxrwxrwx 1 anna staff 7 Nov 21 05:22 bin', expect: { ...link, name: 'bin', size: 7 } },
    {
      line: 'lrwxrwxrwx 1 anna staff 2 Nov 21 05:22 .. -> up',
      expect: 'ignored',
    },
    {
      line: 'lrwxrwxrwx 1 anna staff 8 Nov 21 05:22 a b -> /c d e/f',
      expect: { ...link, name: 'a b', size: 8, target: '/c d e/f' },
    },
    {
      line: 'lrwxrwxrwx 1 anna staff 1 Nov 21 05:22 a -> b -> c',
      expect: { ...link, name: 'a -> b', size: 1, target: 'c' },
    },
    {
      line: 'lrwxrwxrwx 1 anna staff 6 Nov 21 05:22 a -> b -> c',
      expect: { ...link, name: 'a', size: 6, target: 'b -> c' },
    },
    {
      line: 'lrwxrwxrwx 1 anna staff 9 Nov 21 05:22 a -> b -> c',
      expect: { ...link, name: 'a', size: 9, target: 'b -> c' },
    },
    {
      line: 'lrwxrwxrwx 1 anna staff 7 Nov 21 05:22 a -> b -> 日\udce9é\u{1f600}',
      expect: { ...link, name: 'a', size: 7, target: 'b -> 日\udce9é\u{1f600}' },
    },
    {
      line: 'lrwxrwxrwx 1 anna staff 10 Nov 21 05:22 a -> b -> 日\udce9é\u{1f600}',
      expect: { ...link, name: 'a -> b', size: 10, target: '日\udce9é\u{1f600}' },
    },
    {
      line: 'lrwxrwxrwx 1 anna staff 0 Nov 21 05:22 a -> ',
      expect: { ...link, name: 'a', size: 0, target: '' },
    },
  ],
}
