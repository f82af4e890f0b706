import type { SampleGroup } from './sample.ts'

const second = { modified: '2026-11-21T05:22:10Z', precision: 'second' } as const
const minute = { modified: '2026-11-21T05:22Z', precision: 'minute' } as const

export const netwareSamples: SampleGroup = {
  name: 'NetWare',
  dialect: 'netware',
  samples: [
    {
      line: 'd [RWCEAFMS] anna                          512 Nov 21 05:22    login',
      expect: { name: 'login', kind: 'folder', size: 512, owner: 'anna', ...minute },
    },
    {
      line: '- [R----F--] anna                       214059 Nov 21 05:22    name.exe',
      expect: { name: 'name.exe', kind: 'file', size: 214_059, owner: 'anna', ...minute },
    },
    {
      line: 'd[-WCE-F--] anna          512 Nov 21  2025 a b',
      expect: {
        name: 'a b',
        kind: 'folder',
        size: 512,
        owner: 'anna',
        modified: '2025-11-21',
        precision: 'day',
      },
    },
    {
      line: '-[R----F-] 1 anna          214059 Nov 21 05:22 name.exe',
      expect: { name: 'name.exe', kind: 'file', size: 214_059, owner: 'anna', ...minute },
    },
    {
      line: '- [ R    F  ] anna 1 Nov 31 05:22 name',
      expect: { name: 'name', kind: 'file', size: 1, owner: 'anna' },
    },
    { line: 'd [RWCEAFMS] anna many Nov 21 05:22 login', expect: 'unparsed' },
    { line: 'd [XYZ] anna 512 Nov 21 05:22 login', expect: 'unparsed' },
    { line: 'd [RWCEAFMS] anna 512 Nov 21 05:22', expect: 'unparsed' },
  ],
}

export const eplfSamples: SampleGroup = {
  name: 'EPLF',
  dialect: 'eplf',
  samples: [
    {
      line: '+i8388621.29609,m1795238530,/,\tpub',
      expect: { name: 'pub', kind: 'folder', unique: '8388621.29609', ...second },
    },
    {
      line: '+i8388621.44468,m1795238530,r,s10376,\tname.html',
      expect: { name: 'name.html', kind: 'file', size: 10_376, unique: '8388621.44468', ...second },
    },
    {
      line: '+m1795238530,r,s280,up644,\tname.html',
      expect: { name: 'name.html', kind: 'file', size: 280, mode: 0o644, ...second },
    },
    { line: '+r,\ta  b ', expect: { name: 'a  b ', kind: 'file' } },
    { line: '+r,/,\tboth', expect: { name: 'both', kind: 'folder' } },
    { line: '+m1795238530,\tneither', expect: { name: 'neither', kind: 'unknown', ...second } },
    { line: '+r,zsomething,s-5,m-1,up9,i,\tname', expect: { name: 'name', kind: 'file' } },
    { line: '+r,m999999999999,s99999999999999999999,\tname', expect: { name: 'name', kind: 'file' } },
    { line: '+r,\ta\tb', expect: { name: 'a\tb', kind: 'file' } },
    { line: '+/,\t..', expect: 'ignored' },
    { line: '+r,s280,\t', expect: 'unparsed' },
    { line: '+r,s280, name', expect: 'unparsed' },
  ],
}

export const os2Samples: SampleGroup = {
  name: 'OS/2',
  dialect: 'os2',
  samples: [
    {
      line: '                 0           DIR   11-21-26   05:22  pub',
      expect: { name: 'pub', kind: 'folder', size: 0, ...minute },
    },
    {
      line: '              1177      A          11-21-26   05:22  NAME.TXT',
      expect: { name: 'NAME.TXT', kind: 'file', size: 1177, ...minute },
    },
    {
      line: '              1177                 11-21-26   05:22  NAME.TXT',
      expect: { name: 'NAME.TXT', kind: 'file', size: 1177, ...minute },
    },
    {
      line: '              1177      AHRS       11-21-126  05:22  a b.txt',
      expect: { name: 'a b.txt', kind: 'file', size: 1177, ...minute },
    },
    {
      line: '                 0      A    DIR   12-30-97   12:32  pub',
      expect: { name: 'pub', kind: 'folder', size: 0, modified: '1997-12-30T12:32Z', precision: 'minute' },
    },
    {
      line: '              1177      A          02-30-26   05:22  NAME.TXT',
      expect: { name: 'NAME.TXT', kind: 'file', size: 1177 },
    },
    { line: '                 0           DIR   11-21-26   05:22  .', expect: 'ignored' },
    { line: '              1177      Z          11-21-26   05:22  NAME.TXT', expect: 'unparsed' },
    { line: '              1177      A          11-21-26   05:22', expect: 'unparsed' },
  ],
}

export const nonstopSamples: SampleGroup = {
  name: 'NonStop',
  dialect: 'nonstop',
  samples: [
    {
      line: 'NAMES01       101            16384 21-Nov-26 05:22:10 255,255 "nnnn"',
      expect: { name: 'NAMES01', kind: 'file', size: 16_384, group: '255', owner: '255', ...second },
    },
    {
      line: 'NAMES02  O    101            16384 21-Nov-2026  05:22:10  10, 7 NUNU',
      expect: { name: 'NAMES02', kind: 'file', size: 16_384, group: '10', owner: '7', ...second },
    },
    {
      line: 'OBJECT        700P           16384 21Nov2026 05:22 10,7 "nuuu"',
      expect: { name: 'OBJECT', kind: 'file', size: 16_384, group: '10', owner: '7', ...minute },
    },
    {
      line: 'NAMES03       101            16384 31-Nov-26 05:22:10 255,255 "nnnn"',
      expect: { name: 'NAMES03', kind: 'file', size: 16_384, group: '255', owner: '255' },
    },
    {
      line: 'NAMES04       101            16384 21-Nov-26 05:22:10',
      expect: { name: 'NAMES04', kind: 'file', size: 16_384, ...second },
    },
    { line: 'File         Code             EOF  Last Modification    Owner  RWEP', expect: 'ignored' },
    { line: '$DATA01.ANNA', expect: 'ignored' },
    { line: '\\SYS1.$DATA01.ANNA', expect: 'ignored' },
    { line: 'TOOLONGNAME   101            16384 21-Nov-26 05:22:10 255,255 "nnnn"', expect: 'unparsed' },
  ],
}

export const vxworksSamples: SampleGroup = {
  name: 'VxWorks',
  dialect: 'vxworks',
  samples: [
    {
      line: '    2048    NOV-21-2026  05:22:10   pub               <DIR>',
      expect: { name: 'pub', kind: 'folder', size: 2048, ...second },
    },
    {
      line: '   36611    NOV-21-2026  05:22:10   name.txt',
      expect: { name: 'name.txt', kind: 'file', size: 36_611, ...second },
    },
    {
      line: '   36611    NOV-21-2026  05:22:10   a b.txt  ',
      expect: { name: 'a b.txt', kind: 'file', size: 36_611, ...second },
    },
    {
      line: '   36611    FEB-30-2026  05:22:10   name.txt',
      expect: { name: 'name.txt', kind: 'file', size: 36_611 },
    },
    { line: '  size          date       time       name', expect: 'ignored' },
    { line: '--------       ------     ------    --------', expect: 'ignored' },
    { line: '    2048    NOV-21-2026  05:22:10   ..                <DIR>', expect: 'ignored' },
    { line: '    2048    XYZ-21-2026  05:22:10   pub', expect: 'unparsed' },
    { line: '    2048    NOV-21-2026  05:22:10', expect: 'unparsed' },
  ],
}

export const enterpriseSamples: SampleGroup = {
  name: 'Connect:Enterprise',
  dialect: 'enterprise',
  samples: [
    {
      line: '-C--E-----FTP B ANNA       18128       41 Nov 21 05:22 INVOICES',
      expect: { name: 'INVOICES', kind: 'file', size: 18_128, owner: 'ANNA', unique: '41', ...minute },
    },
    {
      line: '-C--E-----SSH A ANNA       18128       42 Nov 21 2025 a b',
      expect: {
        name: 'a b',
        kind: 'file',
        size: 18_128,
        owner: 'ANNA',
        unique: '42',
        modified: '2025-11-21',
        precision: 'day',
      },
    },
    {
      line: '-ART------TCP A ANNA       18128       43 Nov 21 05:22 INVOICES',
      expect: { name: 'INVOICES', kind: 'file', size: 18_128, owner: 'ANNA', unique: '43', ...minute },
    },
    { line: '-C--E-----FTP B ANNA       18128       41 Nov 21 05:22', expect: 'unparsed' },
    { line: '-C--E-----FTP B ANNA       18128       x Nov 21 05:22 INVOICES', expect: 'unparsed' },
  ],
}
