import type { SampleGroup } from './sample.ts'

const second = { modified: '2026-11-21T05:22:10Z', precision: 'second' } as const

export const mlsdSamples: SampleGroup = {
  name: 'MLSD',
  dialect: 'mlsd',
  samples: [
    {
      line: 'type=file;size=1234;modify=20261121052210; name',
      expect: { name: 'name', kind: 'file', size: 1234, ...second },
    },
    {
      line: 'Type=FILE;Size=1234;Modify=20261121052210.123; name',
      expect: {
        name: 'name',
        kind: 'file',
        size: 1234,
        modified: '2026-11-21T05:22:10.123Z',
        precision: 'ms',
      },
    },
    {
      line: 'TYPE=dir;MODIFY=20261121052210;PERM=CELMP; pub',
      expect: { name: 'pub', kind: 'folder', perm: 'celmp', ...second },
    },
    {
      line: 'type=dir;sizd=4096;modify=20261121052210; pub',
      expect: { name: 'pub', kind: 'folder', size: 4096, ...second },
    },
    {
      line: 'type=file;size=1234;modify=20261121052210;perm=adfrw;unique=801g4b;UNIX.mode=0644;UNIX.owner=anna;UNIX.group=staff; name',
      expect: {
        name: 'name',
        kind: 'file',
        size: 1234,
        mode: 0o644,
        owner: 'anna',
        group: 'staff',
        unique: '801g4b',
        perm: 'adfrw',
        ...second,
      },
    },
    {
      line: 'modify=20261121052210;perm=adfrw;size=1234;type=file;unique=FD01U2A;UNIX.group=1000;UNIX.groupname=staff;UNIX.mode=0644;UNIX.owner=1001;UNIX.ownername=anna; name',
      expect: {
        name: 'name',
        kind: 'file',
        size: 1234,
        mode: 0o644,
        owner: 'anna',
        group: 'staff',
        unique: 'FD01U2A',
        perm: 'adfrw',
        ...second,
      },
    },
    {
      line: 'type=file;UNIX.uid=1001;UNIX.gid=1000;UNIX.mode=0104755; name',
      expect: { name: 'name', kind: 'file', mode: 0o4755, owner: '1001', group: '1000' },
    },
    {
      line: 'type=OS.unix=slink:/usr/bin;size=8; bin',
      expect: { name: 'bin', kind: 'link', size: 8, target: '/usr/bin' },
    },
    { line: 'type=OS.UNIX=SLINK:../a; bin', expect: { name: 'bin', kind: 'link', target: '../a' } },
    { line: 'type=OS.unix=slink; bin', expect: { name: 'bin', kind: 'link' } },
    { line: 'type=OS.unix=slink:; bin', expect: { name: 'bin', kind: 'link' } },
    { line: 'type=OS.unix=symlink; bin', expect: { name: 'bin', kind: 'link' } },
    { line: 'type=symlink; bin', expect: { name: 'bin', kind: 'link' } },
    { line: 'type=OS.unix=chr-13/29; device', expect: { name: 'device', kind: 'other' } },
    { line: 'type=OS.unix=socket; socket', expect: { name: 'socket', kind: 'other' } },
    { line: 'type=OS.mvs=vsam; cluster', expect: { name: 'cluster', kind: 'unknown' } },
    { line: 'size=5; name', expect: { name: 'name', kind: 'unknown', size: 5 } },
    { line: 'sizd=5; pub', expect: { name: 'pub', kind: 'folder', size: 5 } },
    {
      line: 'perm=el;modify=20261121052210; pub',
      expect: { name: 'pub', kind: 'folder', perm: 'el', ...second },
    },
    { line: 'perm=adfr;size=5; name', expect: { name: 'name', kind: 'file', size: 5, perm: 'adfr' } },
    { line: 'size=5;UNIX.mode=0100644; name', expect: { name: 'name', kind: 'file', size: 5, mode: 0o644 } },
    { line: 'size=5;UNIX.mode=040755; pub', expect: { name: 'pub', kind: 'folder', size: 5, mode: 0o755 } },
    { line: 'type=file;size=1;  a  b ', expect: { name: ' a  b ', kind: 'file', size: 1 } },
    { line: 'type=file;size=1; a;b=c', expect: { name: 'a;b=c', kind: 'file', size: 1 } },
    { line: 'type=file;size=1; /pub/name', expect: { name: '/pub/name', kind: 'file', size: 1 } },
    { line: 'type=file;size=1; pub/', expect: { name: 'pub/', kind: 'file', size: 1 } },
    { line: 'type=file;size=9007199254740993; name', expect: { name: 'name', kind: 'file' } },
    { line: 'type=file;size=-1; name', expect: { name: 'name', kind: 'file' } },
    { line: 'type=file;size=12kB; name', expect: { name: 'name', kind: 'file' } },
    { line: 'type=file;modify=20260230052210; name', expect: { name: 'name', kind: 'file' } },
    { line: 'type=file;modify=2026112105; name', expect: { name: 'name', kind: 'file' } },
    {
      line: 'type=file;size=;modify=;unique=;perm=;UNIX.mode=9; name',
      expect: { name: 'name', kind: 'file', perm: '' },
    },
    { line: 'type=cdir;modify=20261121052210; /pub', expect: 'ignored' },
    { line: 'type=CDIR;modify=20261121052210; .', expect: 'ignored' },
    { line: 'type=pdir;modify=20261121052210; ..', expect: 'ignored' },
    { line: 'type=dir;modify=20261121052210; ..', expect: 'ignored' },
    { line: 'type=cdir;modify=20261121052210; ', expect: 'unparsed' },
    { line: 'type=file;size=1; ', expect: 'unparsed' },
    { line: 'type=file;size=1;', expect: 'unparsed' },
    { line: 'type=file;size; name', expect: 'unparsed' },
  ],
}

/** Lines that only MLSD may send: LIST would take them for something else. */
export const mlsdOnlySamples: SampleGroup = {
  name: 'MLSD: without the common facts',
  dialect: 'mlsd',
  samples: [
    { line: ' name', expect: { name: 'name', kind: 'unknown' } },
    { line: 'unique=801g4b; name', expect: { name: 'name', kind: 'unknown', unique: '801g4b' } },
    { line: 'media-type=text/plain;create=20261121052210; name', expect: { name: 'name', kind: 'unknown' } },
    { line: 'x.other=1;type=file; name', expect: { name: 'name', kind: 'file' } },
    { line: '-rw-r--r--   1 anna     staff        1234 Nov 21 05:22 name', expect: 'unparsed' },
  ],
}
