import type { SampleGroup } from './sample.ts'

const second = { modified: '2026-11-21T05:22:10Z', precision: 'second' } as const
const minute = { modified: '2026-11-21T05:22Z', precision: 'minute' } as const

export const as400Samples: SampleGroup = {
  name: 'AS/400',
  dialect: 'as400',
  samples: [
    {
      line: 'QSYS            77824 11/21/26 05:22:10 *DIR       QOpenSys/',
      expect: { name: 'QOpenSys', kind: 'folder', size: 77_824, owner: 'QSYS', ...second },
    },
    {
      line: 'ANNA            36864 21.11.26 05:22:10 *STMF      name.txt',
      expect: { name: 'name.txt', kind: 'file', size: 36_864, owner: 'ANNA', ...second },
    },
    {
      line: 'ANNA            36864 26-11-21 05:22:10 *STMF      name.txt',
      expect: { name: 'name.txt', kind: 'file', size: 36_864, owner: 'ANNA', ...second },
    },
    {
      line: 'ANNA            36864 98/11/21 05:22:10 *STMF      name.txt',
      expect: {
        name: 'name.txt',
        kind: 'file',
        size: 36_864,
        owner: 'ANNA',
        modified: '1998-11-21T05:22:10Z',
        precision: 'second',
      },
    },
    {
      line: 'ANNA            36864 2026-11-21 05:22:10 *STMF      name.txt',
      expect: { name: 'name.txt', kind: 'file', size: 36_864, owner: 'ANNA', ...second },
    },
    {
      line: 'ANNA            36864 11/21/26 05:22:10 *STMF      a b.txt   ',
      expect: { name: 'a b.txt', kind: 'file', size: 36_864, owner: 'ANNA', ...second },
    },
    {
      line: 'ANNA            36864 26/325 05:22:10 *STMF      name.txt',
      expect: { name: 'name.txt', kind: 'file', size: 36_864, owner: 'ANNA' },
    },
    {
      line: 'ANNA            45056 11/21/26 05:22:10 *FILE      CUSTOMER.FILE',
      expect: { name: 'CUSTOMER.FILE', kind: 'folder', size: 45_056, owner: 'ANNA', ...second },
    },
    {
      line: 'ANNA            45056 11/21/26 05:22:10 *FILE      BACKUP.SAVF',
      expect: { name: 'BACKUP.SAVF', kind: 'file', size: 45_056, owner: 'ANNA', ...second },
    },
    {
      line: 'ANNA                                    *MEM       CUSTOMER.MBR',
      expect: { name: 'CUSTOMER.MBR', kind: 'file', owner: 'ANNA' },
    },
    { line: '           *MEM       CUSTOMER.MBR', expect: { name: 'CUSTOMER.MBR', kind: 'file' } },
    {
      line: 'ANNA            45056 11/21/26 05:22:10 *LIB       TOOLS.LIB',
      expect: { name: 'TOOLS.LIB', kind: 'folder', size: 45_056, owner: 'ANNA', ...second },
    },
    {
      line: 'ANNA            45056 11/21/26 05:22:10 *PGM       RUN.PGM',
      expect: { name: 'RUN.PGM', kind: 'other', size: 45_056, owner: 'ANNA', ...second },
    },
    {
      line: 'ANNA              112 11/21/26 05:22:10 *SYMLNK    home',
      expect: { name: 'home', kind: 'link', size: 112, owner: 'ANNA', ...second },
    },
    {
      line: 'ANNA            45056 02/30/26 05:22:10 *STMF      name.txt',
      expect: { name: 'name.txt', kind: 'file', size: 45_056, owner: 'ANNA' },
    },
    { line: 'ANNA            45056 11/21/26 *STMF      name.txt', expect: 'unparsed' },
    { line: 'ANNA            45056 11/21/26 05:22:10 x *STMF      name.txt', expect: 'unparsed' },
    { line: 'ANNA            45056 yesterday 05:22:10 *STMF      name.txt', expect: 'unparsed' },
    { line: 'ANNA            45056 11/21/26 05:22:10 *STMF', expect: 'unparsed' },
    { line: 'ANNA            45056 11/21/26 05:22:10 STMF name.txt', expect: 'unparsed' },
  ],
}

const heading = 'Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname'

export const zosDatasets: SampleGroup = {
  name: 'z/OS: data sets',
  dialect: 'zos',
  heading: [heading],
  samples: [
    {
      line: 'USER01 3390   2026/11/21  1   15  FB      80 27920  PS  ANNA.DATA',
      expect: { name: 'ANNA.DATA', kind: 'file' },
    },
    {
      line: 'USER01 3390   2026/11/21  1   15  FB      80 27920  PO  ANNA.SOURCE',
      expect: { name: 'ANNA.SOURCE', kind: 'folder' },
    },
    {
      line: 'USER01 3390   2026/11/21  1   15  U        0 32760  PO-E ANNA.LOAD',
      expect: { name: 'ANNA.LOAD', kind: 'folder' },
    },
    {
      line: 'USER01 3390   **NONE**    1   15  VB     255 27998  PS  ANNA.NEW',
      expect: { name: 'ANNA.NEW', kind: 'file' },
    },
    {
      line: "USER01 3390   2026/11/21  1   15  FB      80 27920  PS  'ANNA.QUOTED'",
      expect: { name: "'ANNA.QUOTED'", kind: 'file' },
    },
    {
      line: 'USER01 3390   2026/11/21 15123456 FB      80 27920  PS  ANNA.LARGE',
      expect: { name: 'ANNA.LARGE', kind: 'file' },
    },
    {
      line: 'USER01 3390   2026/11/21  1   15  ?        0     0  VS  ANNA.CLUSTER',
      expect: { name: 'ANNA.CLUSTER', kind: 'other' },
    },
    {
      line: 'USER01 3390   2026/11/21  1   15  ?        0     0  ??  ANNA.ODD',
      expect: { name: 'ANNA.ODD', kind: 'unknown' },
    },
    {
      line: 'Migrated                                                ANNA.OLD.DATA',
      expect: { name: 'ANNA.OLD.DATA', kind: 'unknown' },
    },
    {
      line: 'ARCIVE                                                  ANNA.OLD.DATA',
      expect: { name: 'ANNA.OLD.DATA', kind: 'unknown' },
    },
    {
      line: 'ARCIVE Not Direct Access Device                         ANNA.OLD.TAPE',
      expect: { name: 'ANNA.OLD.TAPE', kind: 'file' },
    },
    {
      line: 'V43525 Tape                                             ANNA.TAPE',
      expect: { name: 'ANNA.TAPE', kind: 'file' },
    },
    {
      line: 'Pseudo Directory                                        ANNA.PROJECT',
      expect: { name: 'ANNA.PROJECT', kind: 'folder' },
    },
    {
      line: 'USER01 Error determining attributes                     ANNA.BROKEN',
      expect: { name: 'ANNA.BROKEN', kind: 'unknown' },
    },
    {
      line: 'GDG                                                     ANNA.GROUP',
      expect: { name: 'ANNA.GROUP', kind: 'other' },
    },
    { line: heading, expect: 'ignored' },
    { line: 'No data sets found.', expect: 'unparsed' },
    { line: 'ANNA.ALONE', expect: 'unparsed' },
  ],
}

export const zosWithoutHeading: SampleGroup = {
  name: 'z/OS: without a heading',
  dialect: 'zos',
  samples: [
    {
      line: 'USER01 3390   2026/11/21  1   15  FB      80 27920  PS  ANNA.DATA',
      expect: { name: 'ANNA.DATA', kind: 'file' },
    },
    {
      line: 'SOURCE    01.03 2026/09/12 2026/11/21 05:22    11    11     0 ANNA',
      expect: { name: 'SOURCE', kind: 'file', owner: 'ANNA', ...minute },
    },
    { line: 'USER01 3390   2026/11/21  1   15  ?        0     0  ??  ANNA.ODD', expect: 'unparsed' },
    { line: 'Migrated                                                ANNA.OLD.DATA', expect: 'unparsed' },
    { line: 'MEMBER', expect: 'unparsed' },
  ],
}

export const zosMembers: SampleGroup = {
  name: 'z/OS: members',
  dialect: 'zos',
  heading: [' Name     VV.MM   Created       Changed      Size  Init   Mod   Id'],
  samples: [
    {
      line: 'SOURCE    01.03 2026/09/12 2026/11/21 05:22    11    11     0 ANNA',
      expect: { name: 'SOURCE', kind: 'file', owner: 'ANNA', ...minute },
    },
    {
      line: ' $PROFILE 01.03 2026/09/12 2026/11/21 05:22    11    11     0 ANNA',
      expect: { name: '$PROFILE', kind: 'file', owner: 'ANNA', ...minute },
    },
    {
      line: 'SOURCE    01.03 2026/09/12 2026/11/21 05:22:10    11    11     0',
      expect: { name: 'SOURCE', kind: 'file', ...second },
    },
    {
      line: 'SOURCE    01.03 2026/09/12 2026/02/30 05:22    11    11     0 ANNA',
      expect: { name: 'SOURCE', kind: 'file', owner: 'ANNA' },
    },
    { line: 'PLAIN', expect: { name: 'PLAIN', kind: 'file' } },
    { line: ' @ODD#1', expect: { name: '@ODD#1', kind: 'file' } },
    {
      line: 'SOURCE    01.03 yesterday 2026/11/21 05:22    11    11     0 ANNA',
      expect: 'unparsed',
    },
    { line: 'LONGERTHAN8', expect: 'unparsed' },
    { line: 'SOURCE    01.03 2026/09/12', expect: 'unparsed' },
    { line: 'SOURCE    01.03 2026/09/12 2026/11/21 05:22    11    x1     0 ANNA', expect: 'unparsed' },
  ],
}

export const zosModules: SampleGroup = {
  name: 'z/OS: load modules',
  dialect: 'zos',
  heading: [' Name      Size     TTR   Alias-of AC --------- Attributes --------- Amode Rmode'],
  samples: [
    {
      line: ' ABEND     000EE0   000009          00 FO             RN RU            31    ANY',
      expect: { name: 'ABEND', kind: 'file' },
    },
    {
      line: ' ALIAS1    000EE0   000009 ABEND    00 FO             RN RU            31    ANY',
      expect: { name: 'ALIAS1', kind: 'file' },
    },
    { line: ' ABEND     large    000009          00 FO', expect: 'unparsed' },
  ],
}

const job = 'ANNA1    JOB01234 ANNA     OUTPUT A        RC=0000 2 spool files'

export const jesSamples: SampleGroup = {
  name: 'z/OS: jobs',
  dialect: 'zos-jes',
  samples: [
    { line: job, expect: { name: 'JOB01234', kind: 'file', owner: 'ANNA' } },
    {
      line: 'ANNA2    JOB01235 ANNA     INPUT  A',
      expect: { name: 'JOB01235', kind: 'file', owner: 'ANNA' },
    },
    {
      line: 'ANNA     TSU00017 ANNA     ACTIVE TSU',
      expect: { name: 'TSU00017', kind: 'file', owner: 'ANNA' },
    },
    {
      line: 'TCPIP    STC00042 TCPIP    ACTIVE STC',
      expect: { name: 'STC00042', kind: 'file', owner: 'TCPIP' },
    },
    {
      line: 'ANNA3    J0123456 ANNA     OUTPUT A        ABEND=S0C4 3 spool files',
      expect: { name: 'J0123456', kind: 'file', owner: 'ANNA' },
    },
    { line: 'ANNA1     JOB01906  OUTPUT    3 Spool Files', expect: { name: 'JOB01906', kind: 'file' } },
    { line: 'JOBNAME  JOBID    OWNER    STATUS CLASS', expect: 'ignored' },
    { line: '--------', expect: 'ignored' },
    { line: '         ID  STEPNAME PROCSTEP C DDNAME   BYTE-COUNT', expect: 'ignored' },
    { line: '2 spool files', expect: 'ignored' },
    { line: 'ANNA1    JOB01234 ANNA     LOST A', expect: 'unparsed' },
    { line: '         001 JESE              H JESMSGLG       816', expect: 'unparsed' },
  ],
}

export const spoolSamples: SampleGroup = {
  name: 'z/OS: spool files',
  dialect: 'zos-jes',
  heading: ['JOBNAME  JOBID    OWNER    STATUS CLASS', job, '--------'],
  samples: [
    {
      line: '         001 JESE              H JESMSGLG       816',
      expect: { name: 'JOB01234.1', kind: 'file', size: 816 },
    },
    {
      line: '         012 STEP1    PROC1    H SYSPRINT      2345',
      expect: { name: 'JOB01234.12', kind: 'file', size: 2345 },
    },
    { line: '         xyz STEP1    PROC1    H SYSPRINT      2345', expect: 'unparsed' },
  ],
}

export const vmSamples: SampleGroup = {
  name: 'z/VM',
  dialect: 'vm',
  samples: [
    {
      line: 'LISTING  DIR      V         80         23          1 2026-11-21  5:22:10 ANNA191',
      expect: { name: 'LISTING.DIR', kind: 'file', ...second },
    },
    {
      line: 'PROFILE  EXEC     V         80         23          1 2026-11-21  5:22:10 ANNA191',
      expect: { name: 'PROFILE.EXEC', kind: 'file', ...second },
    },
    {
      line: 'README   TXT      F         80         23          1 11/21/26 05:22:10 ANNA191',
      expect: { name: 'README.TXT', kind: 'file', ...second },
    },
    {
      line: 'PROJECT  DIR      -          -          -          - 2026-11-21  5:22:10 -',
      expect: { name: 'PROJECT', kind: 'folder', ...second },
    },
    {
      line: 'README   TXT      F         80         23          1 2026-11-31 05:22:10 ANNA191',
      expect: { name: 'README.TXT', kind: 'file' },
    },
    {
      line: 'README   TXT      X         80         23          1 2026-11-21 05:22:10 ANNA191',
      expect: 'unparsed',
    },
    { line: 'README   TXT      F         80         23          1 never', expect: 'unparsed' },
  ],
}
