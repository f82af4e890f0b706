import type { SampleGroup } from './sample.ts'

const today = { modified: '2026-11-21T05:22Z', precision: 'minute' } as const
const evening = { modified: '2026-11-21T17:22Z', precision: 'minute' } as const
const file = { name: 'name.txt', kind: 'file', size: 1234 } as const
const folder = { name: 'pub', kind: 'folder' } as const

export const dosSamples: SampleGroup = {
  name: 'DOS',
  dialect: 'dos',
  samples: [
    { line: '11-21-26  05:22AM       <DIR>          pub', expect: { ...folder, ...today } },
    { line: '11-21-26  05:22PM                 1234 name.txt', expect: { ...file, ...evening } },
    { line: '11-21-2026  05:22AM                 1234 name.txt', expect: { ...file, ...today } },
    { line: '11-21-26  05:22                 1234 name.txt', expect: { ...file, ...today } },
    { line: '11-21-2026  17:22       <DIR>          pub', expect: { ...folder, ...evening } },
    { line: '11/21/2026  05:22 PM             1,234 name.txt', expect: { ...file, ...evening } },
    { line: '11/21/2026  05:22 a.m.           1,234 name.txt', expect: { ...file, ...today } },
    { line: '11/21/2026  5:22p    <DIR>          pub', expect: { ...folder, ...evening } },
    { line: '21.11.2026  05:22             1.234 name.txt', expect: { ...file, ...today } },
    { line: '21.11.2026  05:22    <DIR>          pub', expect: { ...folder, ...today } },
    { line: '21/11/2026  05:22             1234 name.txt', expect: { ...file, ...today } },
    { line: '21-11-26  05:22             1234 name.txt', expect: { ...file, ...today } },
    { line: '2026-11-21  05:22             1,234 name.txt', expect: { ...file, ...today } },
    { line: '2026/11/21  05:22    <DIR>          pub', expect: { ...folder, ...today } },
    {
      line: '99-11-21  05:22             1234 name.txt',
      expect: { ...file, modified: '1999-11-21T05:22Z', precision: 'minute' },
    },
    {
      line: '2026-11-21  05:22:10             1234 name.txt',
      expect: { ...file, modified: '2026-11-21T05:22:10Z', precision: 'second' },
    },
    {
      line: '11-21-26  12:22AM                 1234 name.txt',
      expect: { ...file, modified: '2026-11-21T00:22Z', precision: 'minute' },
    },
    {
      line: '11-20-26  01:22PM                 1234 name.txt',
      expect: { ...file, modified: '2026-11-20T13:22Z', precision: 'minute' },
    },
    {
      line: '11-20-26  12:22PM                 1234 name.txt',
      expect: { ...file, modified: '2026-11-20T12:22Z', precision: 'minute' },
    },
    {
      line: '04-27-99  09:09PM       <DIR>          pub',
      expect: { ...folder, modified: '1999-04-27T21:09Z', precision: 'minute' },
    },
    {
      line: '02-28-00  09:09AM       <dir>          pub',
      expect: { ...folder, modified: '2000-02-28T09:09Z', precision: 'minute' },
    },
    { line: '11-21-26  05:22AM                 1234 a  b ', expect: { ...file, name: 'a  b ', ...today } },
    {
      line: '11-21-26  05:22AM                 1234  leading',
      expect: { ...file, name: ' leading', ...today },
    },
    {
      line: '11-21-26  05:22AM                    0 empty',
      expect: { ...file, name: 'empty', size: 0, ...today },
    },
    {
      line: '11-21-26  05:22AM     98,765,432,101 large.iso',
      expect: { ...file, name: 'large.iso', size: 98_765_432_101, ...today },
    },
    {
      line: '11-21-26  05:22AM 99999999999999999999 large.iso',
      expect: { name: 'large.iso', kind: 'file', ...today },
    },
    {
      line: '11-21-26  05:22AM    <JUNCTION>     Documents [C:\\Users\\anna]',
      expect: { name: 'Documents', kind: 'link', target: 'C:\\Users\\anna', ...today },
    },
    {
      line: '11-21-26  05:22AM    <SYMLINKD>     pub [..\\a b]',
      expect: { name: 'pub', kind: 'link', target: '..\\a b', ...today },
    },
    {
      line: '11-21-26  05:22AM    <SYMLINK>      name.txt',
      expect: { name: 'name.txt', kind: 'link', ...today },
    },
    { line: '11-21-26  05:22AM       <DIR>          .', expect: 'ignored' },
    { line: '11-21-26  05:22AM       <DIR>          ..', expect: 'ignored' },
    { line: ' Volume in drive C is DATA', expect: 'ignored' },
    { line: ' Volume Serial Number is 1234-ABCD', expect: 'ignored' },
    { line: ' Directory of C:\\pub', expect: 'ignored' },
    { line: '               2 File(s)          1,234 bytes', expect: 'ignored' },
    { line: '               3 Dir(s)  98,765,432,101 bytes free', expect: 'ignored' },
    { line: '02-30-26  05:22AM                 1234 name.txt', expect: file },
    { line: '11-21-26  13:22AM                 1234 name.txt', expect: file },
    { line: '11-21-26  25:22                 1234 name.txt', expect: file },
    { line: '11-21-26  05:22AM                 1234 ', expect: 'unparsed' },
    { line: '11-21-26  05:22AM       <DIR>          ', expect: 'unparsed' },
    { line: '11-21-26  05:22AM                 many name.txt', expect: 'unparsed' },
    { line: '11-21-26  noon                 1234 name.txt', expect: 'unparsed' },
    { line: '11-21-26  05:22AM', expect: 'unparsed' },
    { line: '11-21-126-1  05:22AM  1234 name.txt', expect: 'unparsed' },
  ],
}
