import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { draftValue, flagOf, originOf } from './draft.ts'
import classes from './field.module.css'
import { FieldInput } from './field-input.tsx'
import { OriginBadge } from './origin-badge.tsx'
import { isWithin } from './paths.ts'
import { type Field, problemOf } from './schema-form.ts'
import { isLocked, useSettingsDraft } from './use-settings-draft.ts'

/** The element that shows a setting, for jumping to it. */
export const rowId = (path: string) => `setting-${path}`

interface FieldRowProps {
  readonly field: Field
  /** What the setting is called where people know it by another name. */
  readonly label?: string
  /** Takes the place of the input. */
  readonly children?: ReactNode
  /** The input has the whole width, below its label. */
  readonly wide?: boolean
}

/** One setting: its name and description, its input, where it comes from, and the ways back. */
export function FieldRow({ field, label = field.label, children, wide }: FieldRowProps) {
  const form = useSettingsDraft()
  const { view, draft, problems } = form
  const change = draft.get(field.path)
  const isChanged = [...draft.keys()].some(path => isWithin(path, field.path))
  const value = draftValue(draft, view, field.path)
  const told = problems.filter(problem => isWithin(problem.path, field.path))
  const own = isChanged ? problemOf(field, value) : undefined
  const texts = own === undefined ? told.map(problem => placed(problem, field.path)) : [own]
  const id = rowId(field.path)
  const isWide = wide || field.kind === 'table' || field.kind === 'record'
  const canReset =
    !isLocked(form, field.path) && originOf(view, field.path) === 'store' && change?.kind !== 'reset'
  return (
    <div
      className={classes.row}
      id={id}
      data-changed={isChanged || undefined}
      data-wide={isWide || undefined}
    >
      <div>
        <label className={classes.label} htmlFor={`${id}-input`} id={`${id}-label`}>
          {label}
        </label>
        <p className={classes.description} id={`${id}-description`}>
          {field.description}
        </p>
      </div>
      <div className={classes.control}>
        {isWide && <Meta />}
        <div className={classes.input}>
          {children ?? (
            <FieldInput
              field={field}
              id={`${id}-input`}
              label={label}
              describedBy={`${id}-description ${id}-origin${texts.length > 0 ? ` ${id}-problem` : ''}`}
              value={value}
              invalid={texts.length > 0}
              locked={isLocked(form, field.path)}
              onChange={next => (next === '' ? form.empty(field) : form.change(field.path, next))}
            />
          )}
          {texts.length > 0 && (
            <p className={classes.problem} id={`${id}-problem`}>
              {texts.join('; ')}
            </p>
          )}
          {change?.kind === 'reset' && (
            <p className={classes.note}>Goes back to what the settings file says, else to the default.</p>
          )}
        </div>
        {!isWide && <Meta />}
      </div>
    </div>
  )

  function Meta() {
    return (
      <div className={classes.meta}>
        {isChanged && (
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={`Undo ${label}`}
            onClick={() => form.undo(field.path)}
          >
            Undo
          </Button>
        )}
        {canReset && !isChanged && (
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={`Reset ${label}`}
            onClick={() => form.reset(field.path)}
          >
            Reset
          </Button>
        )}
        <OriginBadge
          origin={originOf(view, field.path)}
          flag={flagOf(view, field.path)}
          id={`${id}-origin`}
        />
      </div>
    )
  }
}

/** A problem of something below a field says where it is. */
function placed(problem: { readonly path: string; readonly message: string }, path: string): string {
  const below = problem.path.slice(path.length).replace(/^\./, '')
  return below === '' ? problem.message : `${below}: ${problem.message}`
}
