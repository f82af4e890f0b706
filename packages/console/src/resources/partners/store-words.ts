import { StoreError } from '@portolan/store'
import type { FieldProblem } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import { mistakes } from '../users/shared-parts.ts'

/** What a document of the store is called: `ZONE`, and `network zone`. */
export interface Kind {
  readonly code:
    | 'ZONE'
    | 'SITE'
    | 'TRANSFER'
    | 'SEGMENT'
    | 'SEGMENT_GROUP'
    | 'SERVER_GROUP'
    | 'CONNECTOR_GROUP'
    | 'PUBLICATION'
    | 'POLICY'
    | 'KEY'
    | 'MEMBER'
  readonly word: string
}

export const ZONE: Kind = { code: 'ZONE', word: 'network zone' }
export const SITE: Kind = { code: 'SITE', word: 'site' }
export const TRANSFER: Kind = { code: 'TRANSFER', word: 'transfer' }

export const missing = ({ code, word }: Kind, name: string) =>
  new Problem(404, `${code}_MISSING`, `there is no ${word} ${name}`)

export const invalid = ({ code, word }: Kind, name: string, errors: readonly FieldProblem[]) =>
  new Problem(422, `${code}_INVALID`, mistakes(`the ${word} ${name}`, errors), errors)

/** It keeps its name. */
export function demandName(kind: Kind, name: string, wanted: string): void {
  if (wanted === name) return
  const message = `must stay ${name}: a ${kind.word} keeps its name, because others name it; make a new one`
  throw invalid(kind, name, [{ path: 'name', message }])
}

/** @param users - those that use it, with what they are: `the site acme` */
export function used({ code, word }: Kind, name: string, users: readonly string[]): Problem {
  const shown = users.slice(0, 5).join(', ')
  const more = users.length > 5 ? ` and ${users.length - 5} more` : ''
  const text = `the ${word} ${name} is used by ${shown}${more}: change or delete these first`
  return new Problem(409, `${code}_USED`, text)
}

/** Does something in the store, and says what the store says in the words of the kind. */
export async function told<T>(kind: Kind, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const { code, word } = kind
    if (error.code === 'STORE_MISSING') throw missing(kind, name)
    if (error.code === 'STORE_EXISTS') {
      const text = `there is a ${word} ${name} already: choose another name`
      throw new Problem(409, `${code}_EXISTS`, text, [{ path: 'name', message: 'is taken' }])
    }
    if (error.code !== 'STORE_CONFLICT') throw error
    const text = `the ${word} ${name} was changed by somebody else meanwhile: look at it again`
    throw new Problem(409, `${code}_STALE`, text)
  }
}
