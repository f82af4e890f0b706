import { as400 } from './as400.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { dos } from './dos.ts'
import { enterprise } from './enterprise.ts'
import type { LineResult, ListingDialect } from './entry.ts'
import { eplf } from './eplf.ts'
import { mlsd } from './mlsd.ts'
import { netware } from './netware.ts'
import { nonstop } from './nonstop.ts'
import { os2 } from './os2.ts'
import { unix } from './unix.ts'
import { vm } from './vm.ts'
import { vms } from './vms.ts'
import { vxworks } from './vxworks.ts'
import { zos } from './zos.ts'
import { zosJes } from './zos-jes.ts'

/** Most frequent first, and the strict before the lax. */
const DIALECTS: readonly Dialect[] = [
  unix,
  dos,
  mlsd,
  eplf,
  vms,
  as400,
  netware,
  os2,
  nonstop,
  vxworks,
  vm,
  enterprise,
  zosJes,
  zos,
]

/**
 * Finds the dialect of each line. The one that read the line before goes first, so that a line that two dialects
 * could read goes to that of its neighbours, and a mixed listing still works.
 */
export class DialectFinder {
  #order: readonly Dialect[] = DIALECTS
  #first: Dialect = unix

  /** @param hint - the dialect of an earlier listing of the server: it goes first */
  constructor(hint?: ListingDialect) {
    const hinted = DIALECTS.find(({ name }) => name === hint)
    if (hinted) this.#prefer(hinted)
  }

  /** The dialect that read the last line. */
  get current(): Dialect {
    return this.#first
  }

  /** What the first dialect that understands the line makes of it; undefined where none does. */
  read(line: string, context: ListingContext): LineResult {
    for (const dialect of this.#order) {
      const result = dialect.read(line, context)
      if (result === undefined) continue
      if (dialect !== this.#first) this.#prefer(dialect)
      return result
    }
    return undefined
  }

  #prefer(dialect: Dialect): void {
    this.#first = dialect
    this.#order = [dialect, ...DIALECTS.filter(other => other !== dialect)]
  }
}
