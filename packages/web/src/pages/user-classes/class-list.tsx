import { ActionIcon, Switch, TextInput, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconGripVertical, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { Keyed } from '../../components/keyed.ts'
import { move } from '../../components/reorder.ts'
import { type ClassRow, problemsOfRow } from './class-draft.ts'
import classes from './class-list.module.css'

interface ClassListProps {
  readonly rows: readonly Keyed<ClassRow>[]
  readonly onChange: (rows: readonly Keyed<ClassRow>[]) => void
  readonly errors: readonly { readonly path: string; readonly message: string }[]
  readonly disabled: boolean
}

/** The classes in their order, edited in place. The order is changed by buttons, or by dragging the handle. */
export function ClassList({ rows, onChange, errors, disabled }: ClassListProps) {
  const [dragged, setDragged] = useState<number>()
  const [said, setSaid] = useState('')
  const moveRow = (from: number, to: number) => {
    onChange(move(rows, from, to))
    setSaid(`${rows[from]?.name || 'The class'} is now number ${to + 1} of ${rows.length}`)
  }
  const put = (place: number, change: Partial<ClassRow>) =>
    onChange(rows.map((row, at) => (at === place ? { ...row, ...change } : row)))
  return (
    <>
      <ol className={classes.list} aria-label="User classes in their order">
        {rows.map((row, place) => {
          const problems = problemsOfRow(errors, place)
          const called = row.name || `class ${place + 1}`
          const field = (name: 'name' | 'users' | 'groups' | 'from', label: string, placeholder: string) => (
            <TextInput
              label={label}
              aria-label={`${label} of ${called}`}
              size="xs"
              placeholder={placeholder}
              value={row[name]}
              error={problems[name]}
              disabled={disabled}
              spellCheck={false}
              onChange={event => put(place, { [name]: event.currentTarget.value })}
            />
          )
          return (
            <li
              key={row.key}
              className={classes.row}
              data-off={!row.enabled || undefined}
              data-dragged={dragged === place || undefined}
              onDragOver={event => {
                if (dragged === undefined) return
                event.preventDefault()
                if (dragged !== place) {
                  onChange(move(rows, dragged, place))
                  setDragged(place)
                }
              }}
              onDrop={event => event.preventDefault()}
            >
              <div className={classes.place}>
                {!disabled && (
                  <span
                    className={classes.handle}
                    draggable
                    aria-hidden
                    title="Drag to another place"
                    onDragStart={event => {
                      event.dataTransfer.effectAllowed = 'move'
                      event.dataTransfer.setData('text/plain', row.name)
                      setDragged(place)
                    }}
                    onDragEnd={() => setDragged(undefined)}
                  >
                    <IconGripVertical size={16} />
                  </span>
                )}
                <span className={classes.number}>{place + 1}</span>
                <Switch
                  size="sm"
                  aria-label={`${called} is enabled`}
                  checked={row.enabled}
                  disabled={disabled}
                  onChange={event => put(place, { enabled: event.currentTarget.checked })}
                />
              </div>
              <div className={classes.fields}>
                {field('name', 'Class', 'partner1')}
                {field('users', 'Users', 'every user')}
                {field('groups', 'Groups', 'any or none')}
                {field('from', 'From', 'anywhere')}
              </div>
              {!disabled && (
                <div className={classes.actions}>
                  <Tooltip label="Earlier">
                    <ActionIcon
                      aria-label={`Move ${called} up`}
                      disabled={place === 0}
                      onClick={() => moveRow(place, place - 1)}
                    >
                      <IconArrowUp size={16} aria-hidden />
                    </ActionIcon>
                  </Tooltip>
                  <Tooltip label="Later">
                    <ActionIcon
                      aria-label={`Move ${called} down`}
                      disabled={place === rows.length - 1}
                      onClick={() => moveRow(place, place + 1)}
                    >
                      <IconArrowDown size={16} aria-hidden />
                    </ActionIcon>
                  </Tooltip>
                  <Tooltip label="Delete">
                    <ActionIcon
                      color="red"
                      aria-label={`Delete ${called}`}
                      onClick={() => onChange(rows.filter((_, at) => at !== place))}
                    >
                      <IconTrash size={16} aria-hidden />
                    </ActionIcon>
                  </Tooltip>
                </div>
              )}
            </li>
          )
        })}
      </ol>
      <p className={classes.said} role="status">
        {said}
      </p>
    </>
  )
}
