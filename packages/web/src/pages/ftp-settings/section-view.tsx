import { Paper, Switch, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { draftValue, originOf } from './draft.ts'
import { FieldRow } from './field-row.tsx'
import { rowId } from './row-id.ts'
import type { Field, FieldOf } from './schema-form.ts'
import classes from './section.module.css'
import { isLocked, useSettingsDraft } from './use-settings-draft.ts'

interface SectionViewProps {
  readonly section: FieldOf<'section'>
  readonly title?: string
  /** Settings that stand elsewhere on the page. */
  readonly except?: readonly string[]
  /** Stands before the settings that the schema tells. */
  readonly children?: ReactNode
}

/** A section of the settings as the schema tells it: every setting of it has a row. */
export function SectionView({ section, title = section.label, except = [], children }: SectionViewProps) {
  const { view, draft } = useSettingsDraft()
  const isThere = !section.optional || draftValue(draft, view, section.path) !== undefined
  return (
    <Paper component="section" className={classes.section} aria-labelledby={`${rowId(section.path)}-title`}>
      <header className={classes.head}>
        <div>
          <Title order={2} id={`${rowId(section.path)}-title`}>
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {section.description}
          </Text>
        </div>
        {section.optional && <SectionSwitch section={section} isThere={isThere} />}
      </header>
      {isThere && (
        <div className={classes.rows}>
          {children}
          <Fields fields={section.fields.filter(field => !except.includes(field.name))} />
        </div>
      )}
    </Paper>
  )
}

function Fields({ fields }: { fields: readonly Field[] }) {
  return fields.map(field =>
    field.kind === 'section' ? (
      <section key={field.path} className={classes.inner} aria-label={field.label}>
        <Title order={3}>{field.label}</Title>
        <Text size="sm" c="dimmed">
          {field.description}
        </Text>
        <Fields fields={field.fields} />
      </section>
    ) : (
      <FieldRow key={field.path} field={field} />
    ),
  )
}

/** Switches a section on that is absent by default. */
function SectionSwitch({ section, isThere }: { section: FieldOf<'section'>; isThere: boolean }) {
  const form = useSettingsDraft()
  const { view, draft } = form
  const isDrafted = draft.get(section.path)?.kind === 'value'
  const canGo = isDrafted || originOf(view, section.path) === 'store'
  return (
    <Switch
      label={isThere ? 'on' : 'off'}
      aria-label={section.label}
      checked={isThere}
      disabled={isLocked(form, section.path) || (isThere && !canGo)}
      onChange={event => {
        if (event.currentTarget.checked) {
          if (draft.has(section.path)) form.undo(section.path)
          else
            form.change(
              section.path,
              Object.fromEntries(section.fields.map(field => [field.name, field.default])),
            )
        } else if (isDrafted) form.undo(section.path)
        else form.reset(section.path)
      }}
    />
  )
}
