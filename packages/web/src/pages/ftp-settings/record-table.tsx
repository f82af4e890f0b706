import { ActionIcon, Button, Textarea, TextInput, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { draftValue, flagOf, originOf } from './draft.ts'
import { OriginBadge } from './origin-badge.tsx'
import { formatPath, isTree, isWithin, parsePath, valueAt } from './paths.ts'
import type { FieldInputProps } from './plain-input.tsx'
import { inputId } from './row-id.ts'
import type { FieldOf } from './schema-form.ts'
import classes from './tables.module.css'
import { useSettingsDraft } from './use-settings-draft.ts'

/** Texts by a name, such as the texts of replies: each is a setting of its own, so that those of the file stay. */
export function RecordTable({ field, locked }: FieldInputProps<FieldOf<'record'>>) {
  const form = useSettingsDraft()
  const { view, draft } = form
  const [name, setName] = useState('')
  const inForce = valueAt(view.effective, parsePath(field.path))
  const names = [
    ...new Set([
      ...(isTree(inForce) ? Object.keys(inForce) : []),
      ...[...draft.keys()]
        .filter(path => path !== field.path && isWithin(path, field.path))
        .map(path => String(parsePath(path).at(-1))),
    ]),
  ]
  const pathOf = (key: string) => formatPath([...parsePath(field.path), key])
  const add = () => {
    const key = name.trim()
    if (key === '') return
    if (!names.includes(key)) form.change(pathOf(key), '')
    setName('')
  }
  return (
    <div className={classes.records}>
      {names.map(key => {
        const path = pathOf(key)
        const change = draft.get(path)
        const value = draftValue(draft, view, path)
        return (
          <div key={key} className={classes.record}>
            <label htmlFor={inputId(path)} className={classes.recordName}>
              <code>{key}</code> <OriginBadge origin={originOf(view, path)} flag={flagOf(view, path)} />
            </label>
            <Textarea
              id={inputId(path)}
              autosize
              minRows={1}
              readOnly={locked}
              value={typeof value === 'string' ? value : ''}
              placeholder={
                change?.kind === 'reset'
                  ? 'the standard text, or that of the settings file'
                  : 'text of the reply'
              }
              onChange={event => form.change(path, event.currentTarget.value)}
            />
            {!locked && change && (
              <Tooltip label="Undo">
                <ActionIcon aria-label={`Undo ${key}`} onClick={() => form.undo(path)}>
                  <IconArrowBackUp size={17} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
            {!locked && !change && originOf(view, path) === 'store' && (
              <Tooltip label="Take this text away">
                <ActionIcon color="red" aria-label={`Take ${key} away`} onClick={() => form.reset(path)}>
                  <IconTrash size={17} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </div>
        )
      })}
      {names.length === 0 && <p className={classes.none}>None.</p>}
      {!locked && (
        <div className={classes.add}>
          <TextInput
            size="xs"
            aria-label={`Key to add to ${field.label}`}
            placeholder="file.denied"
            value={name}
            onChange={event => setName(event.currentTarget.value)}
            onKeyDown={event => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              add()
            }}
          />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={15} aria-hidden />}
            disabled={name.trim() === ''}
            onClick={add}
          >
            Add
          </Button>
        </div>
      )}
    </div>
  )
}
