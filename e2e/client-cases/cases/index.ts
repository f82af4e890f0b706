import type { ClientCase } from '../case.ts'
import { GREETING_CASES } from './greeting.ts'

/** Every case, in groups. */
export const CASES: readonly ClientCase[] = [...GREETING_CASES]
