import type { SampleGroup } from './sample.ts'

const minute = { modified: '2026-11-21T05:22Z', precision: 'minute' } as const
const second = { modified: '2026-11-21T05:22:10Z', precision: 'second' } as const
const file = { name: 'NAME.TXT;1', kind: 'file' } as const

export const vmsSamples: SampleGroup = {
  name: 'VMS',
  dialect: 'vms',
  samples: [
    {
      line: 'NAME.TXT;1      2 21-NOV-2026 05:22 [SYSTEM] (RWED,RWED,RE,RE)',
      expect: { ...file, owner: 'SYSTEM', ...minute },
    },
    {
      line: 'NAME.TXT;1  213/216  21-NOV-2026 05:22:10  [GROUP,ANNA]   (RWED,RWED,,)',
      expect: { ...file, owner: 'ANNA', group: 'GROUP', ...second },
    },
    {
      line: 'NAME.TXT;1  213/216  21-NOV-2026 05:22:10  [GROUP, ANNA]   (RWED,RWED,RE,)',
      expect: { ...file, owner: 'ANNA', group: 'GROUP', ...second },
    },
    {
      line: 'NAME.TXT;1    2/3   21-NOV-2026 05:22:10.45',
      expect: { ...file, modified: '2026-11-21T05:22:10.450Z', precision: 'ms' },
    },
    {
      line: 'NAME.TXT;1   21-NOV-2026 05:22:10   2/3   [1,4]  (RWED,RWED,RE,)',
      expect: { ...file, owner: '4', group: '1', ...second },
    },
    {
      line: 'CORE.DIR;1          1  8-SEP-1996 16:09 [SYSTEM] (RWE,RWE,RE,RE)',
      expect: {
        name: 'CORE',
        kind: 'folder',
        owner: 'SYSTEM',
        modified: '1996-09-08T16:09Z',
        precision: 'minute',
      },
    },
    {
      line: 'core.dir;1   1/3   8-sep-1996 16:09:01   [SYSTEM]  (RWE,RWE,RE,RE)',
      expect: {
        name: 'core',
        kind: 'folder',
        owner: 'SYSTEM',
        modified: '1996-09-08T16:09:01Z',
        precision: 'second',
      },
    },
    {
      line: 'NAME.TXT;12345   2   21-NOV-2026 05:22',
      expect: { ...file, name: 'NAME.TXT;12345', ...minute },
    },
    { line: 'A^_B.TXT;2   2   21-NOV-2026 05:22', expect: { ...file, name: 'A^_B.TXT;2', ...minute } },
    { line: 'NAME.TXT;1   2   21-NOV-2026', expect: { ...file, modified: '2026-11-21', precision: 'day' } },
    { line: 'NAME.TXT;1   2   31-NOV-2026 05:22', expect: file },
    {
      line: 'A_VERY_LONG_NAME_INDEED.TXT;1\n                    213/216  21-NOV-2026 05:22:10  [GROUP,ANNA]   (RWED,RWED,,)',
      expect: {
        name: 'A_VERY_LONG_NAME_INDEED.TXT;1',
        kind: 'file',
        owner: 'ANNA',
        group: 'GROUP',
        ...second,
      },
    },
    {
      line: 'A_VERY_LONG_FOLDER_NAME.DIR;1  \n   1/3  21-NOV-2026 05:22  [ANNA]   (RWED,RWED,,)',
      expect: { name: 'A_VERY_LONG_FOLDER_NAME', kind: 'folder', owner: 'ANNA', ...minute },
    },
    { line: 'Directory DISK$USER:[ANNA.PUB]', expect: 'ignored' },
    { line: 'Total of 11 files, 274 blocks.', expect: 'ignored' },
    { line: 'Total of 1 file, 2/3 blocks.', expect: 'ignored' },
    { line: 'Grand total of 2 directories, 13 files, 300/340 blocks.', expect: 'ignored' },
    {
      line: 'CORE.DIR;1          %RMS-E-PRV, insufficient privilege or file protection violation',
      expect: 'unparsed',
    },
    { line: '%RMS-E-FNF, file not found', expect: 'unparsed' },
    { line: '%DIRECT-W-NOFILES, no files found', expect: 'unparsed' },
    { line: 'NAME.TXT   2   21-NOV-2026 05:22', expect: 'unparsed' },
    { line: 'NAME.TXT;1   2   21-XYZ-2026 05:22', expect: 'unparsed' },
    { line: 'NAME.TXT;1', expect: 'unparsed' },
  ],
}
