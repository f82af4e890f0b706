import type { FieldProblem, SettingsView } from '@portolan/console/contract'
import { createContext, useCallback, useContext, useMemo, useState } from 'react'
import {
  type Draft,
  emptyDraft,
  flagOf,
  layOver,
  withEmpty,
  withoutChange,
  withReset,
  withValue,
} from './draft.ts'
import { isWithin } from './paths.ts'
import type { Field } from './schema-form.ts'

/** The settings that are being edited, for the fields of the page. */
export interface SettingsDraft {
  /** The settings that the draft was made on. */
  readonly view: SettingsView
  readonly draft: Draft
  /** What the server found wrong with the draft. */
  readonly problems: readonly FieldProblem[]
  /** Nothing can be changed by who is signed in. */
  readonly readOnly: boolean
  change(path: string, value: unknown): void
  empty(field: Field): void
  reset(path: string): void
  undo(path: string): void
}

const Context = createContext<SettingsDraft | undefined>(undefined)
export const SettingsDraftProvider = Context.Provider

/** The settings that are being edited. Only below {@link SettingsDraftProvider}. */
export function useSettingsDraft(): SettingsDraft {
  const draft = useContext(Context)
  if (!draft) throw new Error('this field stands outside of the form')
  return draft
}

/** Whether a setting can be changed: not by everybody, and not when a flag of the start holds it. */
export function isLocked({ readOnly, view }: SettingsDraft, path: string): boolean {
  return readOnly || flagOf(view, path) !== undefined
}

/** What the page holds beside what the fields see. */
export interface DraftState extends SettingsDraft {
  /** Settings that somebody else has saved since the draft was begun. */
  readonly newer: SettingsView | undefined
  /** Paths that both have changed, after the draft was laid over newer settings. */
  readonly both: readonly string[]
  discard(): void
  /** Lays the draft over newer settings. */
  rebase(view: SettingsView): void
  saved(view: SettingsView): void
  tellProblems(problems: readonly FieldProblem[]): void
}

/** Holds a draft over the settings that the server tells. While there is a draft, newer settings wait until they are wanted. */
export function useDraftState(latest: SettingsView, readOnly: boolean): DraftState {
  const [base, setBase] = useState(latest)
  const [draft, setDraft] = useState<Draft>(emptyDraft)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const [both, setBoth] = useState<readonly string[]>([])
  const view = draft.size === 0 ? latest : base

  const edit = useCallback(
    (path: string, make: (draft: Draft) => Draft) => {
      if (draft.size === 0) setBase(latest)
      setDraft(make)
      setProblems(old =>
        old.filter(problem => !isWithin(problem.path, path) && !isWithin(path, problem.path)),
      )
    },
    [draft.size, latest],
  )
  const settle = useCallback((next: SettingsView, laid: Draft, changedByBoth: readonly string[]) => {
    setBase(next)
    setDraft(laid)
    setBoth(changedByBoth)
    setProblems([])
  }, [])

  return useMemo(
    () => ({
      view,
      draft,
      problems,
      readOnly,
      newer: latest.version > view.version ? latest : undefined,
      both,
      change: (path, value) => edit(path, old => withValue(old, view, path, value)),
      empty: field => edit(field.path, old => withEmpty(old, view, field)),
      reset: path => edit(path, old => withReset(old, path)),
      undo: path => edit(path, old => withoutChange(old, path)),
      discard: () => settle(latest, emptyDraft, []),
      rebase: next => {
        const laid = layOver(draft, view, next)
        settle(next, laid.draft, laid.both)
      },
      saved: next => settle(next, emptyDraft, []),
      tellProblems: setProblems,
    }),
    [view, draft, problems, readOnly, latest, both, edit, settle],
  )
}
