import { draftValue } from './draft.ts'
import classes from './field.module.css'
import { FieldInput } from './field-input.tsx'
import { FieldMeta } from './field-meta.tsx'
import { isWithin } from './paths.ts'
import { inputId, rowId } from './row-id.ts'
import { type Field, problemOf } from './schema-form.ts'
import { isLocked, useSettingsDraft } from './use-settings-draft.ts'

interface FieldRowProps {
  readonly field: Field
  /** What the setting is called where people know it by another name. */
  readonly label?: string
  /** The setting has a heading of its own. */
  readonly headless?: boolean
}

/** One setting: its name and description, its input, where it comes from, and the ways back. */
export function FieldRow({ field, label = field.label, headless = false }: FieldRowProps) {
  const form = useSettingsDraft()
  const { view, draft, problems } = form
  const isChanged = [...draft.keys()].some(path => isWithin(path, field.path))
  const value = draftValue(draft, view, field.path)
  const told = problems.filter(problem => isWithin(problem.path, field.path))
  const own = isChanged ? problemOf(field, value) : undefined
  const texts = own === undefined ? told.map(problem => placed(problem, field.path)) : [own]
  const id = rowId(field.path)
  const isWide = field.kind === 'table' || field.kind === 'record'
  return (
    <div
      className={classes.row}
      id={id}
      data-changed={isChanged || undefined}
      data-wide={isWide || undefined}
    >
      <div>
        <div className={classes.head}>
          {!headless &&
            (isWide ? (
              <span className={classes.label}>{label}</span>
            ) : (
              <label className={classes.label} htmlFor={inputId(field.path)}>
                {label}
              </label>
            ))}
          <FieldMeta path={field.path} label={label} originId={`${id}-origin`} />
        </div>
        <p className={classes.description} id={`${id}-description`}>
          {field.description}
        </p>
      </div>
      <div className={classes.control}>
        <FieldInput
          field={field}
          id={inputId(field.path)}
          label={label}
          describedBy={`${id}-description ${id}-origin${texts.length > 0 ? ` ${id}-problem` : ''}`}
          value={value}
          invalid={texts.length > 0}
          locked={isLocked(form, field.path)}
          onChange={next => (next === '' ? form.empty(field) : form.change(field.path, next))}
        />
        {texts.length > 0 && (
          <p className={classes.problem} id={`${id}-problem`}>
            {texts.join('; ')}
          </p>
        )}
        {draft.get(field.path)?.kind === 'reset' && (
          <p className={classes.note}>Goes back to what the settings file says, else to the default.</p>
        )}
      </div>
    </div>
  )
}

/** A problem of something below a field says where it is. */
function placed(problem: { readonly path: string; readonly message: string }, path: string): string {
  const below = problem.path.slice(path.length).replace(/^\./, '')
  return below === '' ? problem.message : `${below}: ${problem.message}`
}
