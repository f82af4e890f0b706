import { ActionIcon, Button, Menu, Paper, Select, Text, Tooltip } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import type { Step } from '@portolan/console/contract'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useEffect, useId, useState } from 'react'
import type { Keyed } from '../../components/keyed.ts'
import { move } from '../../components/reorder.ts'
import { hasFields, StepFields } from './step-fields.tsx'
import { emptyStep, type StepForm, withKind } from './step-form.ts'
import classes from './transfer-editor.module.css'

const KINDS: readonly { readonly value: Step['do']; readonly label: string }[] = [
  { value: 'push', label: 'Push to a site' },
  { value: 'pull', label: 'Pull from a site' },
  { value: 'rename', label: 'Rename' },
  { value: 'delete', label: 'Delete' },
  { value: 'compress', label: 'Compress' },
  { value: 'checksum-file', label: 'Write a checksum file' },
  { value: 'webhook', label: 'Call a webhook' },
  { value: 'mail', label: 'Send mail' },
  { value: 'program', label: 'Run a program' },
]

interface StepsEditorProps {
  /** `steps` or `onFailure`: where the steps stand in the form. */
  readonly path: string
  readonly label: string
  readonly steps: readonly Keyed<StepForm>[]
  readonly onChange: (steps: readonly Keyed<StepForm>[]) => void
  readonly errors: FormErrors
  readonly disabled: boolean
  /** What stands there when there are none. */
  readonly none: string
}

/** Steps in their order, a card for each. The order is changed by buttons. */
export function StepsEditor({ path, label, steps, onChange, errors, disabled, none }: StepsEditorProps) {
  const [said, setSaid] = useState('')
  const id = useId()
  const [moved, setMoved] = useState<{ readonly key: number; readonly up: boolean }>()
  useEffect(() => {
    if (moved === undefined) return
    // A card that goes to another place takes the focus with it; its button may have become one that does nothing.
    const buttons = [moved.up, !moved.up].map(up => document.getElementById(buttonId(id, moved.key, up)))
    buttons.find(button => button?.hasAttribute('disabled') === false)?.focus()
    setMoved(undefined)
  }, [moved, id])
  const shift = (from: number, to: number) => {
    onChange(move(steps, from, to))
    const key = steps[from]?.key
    if (key !== undefined) setMoved({ key, up: to < from })
    setSaid(`The step is now number ${to + 1} of ${steps.length}`)
  }
  const put = (place: number, step: Keyed<StepForm>) =>
    onChange(steps.map((one, at) => (at === place ? step : one)))
  return (
    <>
      {steps.length > 0 && (
        <ol className={classes.steps} aria-label={label}>
          {steps.map((step, at) => (
            <Paper key={step.key} component="li" className={classes.step}>
              <StepHead
                ids={{ up: buttonId(id, step.key, true), down: buttonId(id, step.key, false) }}
                at={at}
                count={steps.length}
                step={step}
                error={errors[`${path}.${at}`]}
                disabled={disabled}
                onKind={kind => put(at, withKind(step, kind))}
                onMove={to => shift(at, to)}
                onRemove={() => {
                  onChange(steps.filter((_, place) => place !== at))
                  setSaid(`The step is taken away; ${steps.length - 1} are left`)
                }}
              />
              {hasFields(step) && (
                <div className={classes.stepBody}>
                  <StepFields
                    step={step}
                    path={`${path}.${at}`}
                    errors={errors}
                    disabled={disabled}
                    put={change => put(at, { ...step, ...change })}
                  />
                </div>
              )}
            </Paper>
          ))}
        </ol>
      )}
      {steps.length === 0 && (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      )}
      {errors[path] && (
        <Text size="sm" c="red" role="alert">
          {errors[path]}
        </Text>
      )}
      {!disabled && <AddStep label={label} onAdd={kind => onChange([...steps, emptyStep(kind)])} />}
      <p className={classes.said} role="status">
        {said}
      </p>
    </>
  )
}

function AddStep({ label, onAdd }: { label: string; onAdd: (kind: Step['do']) => void }) {
  return (
    <div>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            aria-label={`Add a step to: ${label}`}
          >
            Add a step
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {KINDS.map(kind => (
            <Menu.Item key={kind.value} onClick={() => onAdd(kind.value)}>
              {kind.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

const buttonId = (list: string, key: number, up: boolean) => `${list}-${key}-${up ? 'up' : 'down'}`

interface StepHeadProps {
  /** Of the buttons that move the step. */
  readonly ids: { readonly up: string; readonly down: string }
  readonly at: number
  readonly count: number
  readonly step: StepForm
  readonly error: React.ReactNode
  readonly disabled: boolean
  readonly onKind: (kind: Step['do']) => void
  readonly onMove: (to: number) => void
  readonly onRemove: () => void
}

function StepHead({ ids, at, count, step, error, disabled, onKind, onMove, onRemove }: StepHeadProps) {
  const called = `step ${at + 1}`
  return (
    <div className={classes.stepHead}>
      <span className={classes.number}>{at + 1}</span>
      <Select
        className={classes.kind}
        aria-label={`What ${called} does`}
        size="xs"
        allowDeselect={false}
        disabled={disabled}
        data={[...KINDS]}
        value={step.do}
        onChange={value => {
          const kind = KINDS.find(one => one.value === value)
          if (kind) onKind(kind.value)
        }}
      />
      {!disabled && (
        <div className={classes.stepActions}>
          <Tooltip label="Earlier">
            <ActionIcon
              id={ids.up}
              aria-label={`Move ${called} up`}
              disabled={at === 0}
              onClick={() => onMove(at - 1)}
            >
              <IconArrowUp size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Later">
            <ActionIcon
              id={ids.down}
              aria-label={`Move ${called} down`}
              disabled={at === count - 1}
              onClick={() => onMove(at + 1)}
            >
              <IconArrowDown size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Take this step away">
            <ActionIcon color="red" aria-label={`Take ${called} away`} onClick={onRemove}>
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
      {error && (
        <p className={classes.stepError} role="alert">
          {error}
        </p>
      )}
    </div>
  )
}
