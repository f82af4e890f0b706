import { dosSamples } from './dos.ts'
import {
  as400Samples,
  jesSamples,
  spoolSamples,
  vmSamples,
  zosDatasets,
  zosMembers,
  zosModules,
  zosWithoutHeading,
} from './ibm.ts'
import { mlsdSamples } from './mlsd.ts'
import {
  enterpriseSamples,
  eplfSamples,
  netwareSamples,
  nonstopSamples,
  os2Samples,
  vxworksSamples,
} from './others.ts'
import type { SampleGroup } from './sample.ts'
import { unixColumns, unixNames } from './unix.ts'
import { unixDates, unixZone } from './unix-dates.ts'
import { vmsSamples } from './vms.ts'

/** Every sample that LIST may send, MLSD's among them. */
export const listSamples: readonly SampleGroup[] = [
  unixColumns,
  unixNames,
  unixDates,
  unixZone,
  dosSamples,
  vmsSamples,
  as400Samples,
  zosDatasets,
  zosWithoutHeading,
  zosMembers,
  zosModules,
  jesSamples,
  spoolSamples,
  vmSamples,
  netwareSamples,
  eplfSamples,
  os2Samples,
  nonstopSamples,
  vxworksSamples,
  enterpriseSamples,
  mlsdSamples,
]
