import { ActionIcon, Switch, Tooltip, UnstyledButton, VisuallyHidden } from '@mantine/core'
import type { FieldProblem } from '@portolan/console/contract'
import { IconArrowDown, IconArrowUp, IconGripVertical, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { Keyed } from '../../../components/keyed.ts'
import { move } from '../../../components/reorder.ts'
import { Status } from '../../../components/status.tsx'
import { countText } from '../../../format/format.ts'
import { problemsOfRule } from './policy-draft.ts'
import { ACTION_WORDS, POLICIES } from './policy-kinds.ts'
import type { PolicyKind, Rule } from './rule-form.ts'
import classes from './rule-list.module.css'
import { chipsOf } from './rule-words.ts'

/** Values of one condition that are named in the list. */
const NAMED = 4

interface RuleListProps {
  readonly kind: PolicyKind
  readonly rules: readonly Keyed<Rule>[]
  /** Places of the rules that are shown, from 0. */
  readonly shown: readonly number[]
  /** The place that decided what was tried; `last`: no rule did. */
  readonly decided: number | 'last' | undefined
  readonly problems: readonly FieldProblem[]
  readonly disabled: boolean
  readonly onChange: (rules: readonly Keyed<Rule>[]) => void
  readonly onOpen: (place: number) => void
}

/** The rules in their order, and what holds when none fits. The order is changed by buttons, or by dragging the handle. */
export function RuleList(props: RuleListProps) {
  const { kind, rules, shown, decided, problems, disabled, onChange, onOpen } = props
  const [dragged, setDragged] = useState<number>()
  const [said, setSaid] = useState('')
  const { last } = POLICIES[kind]
  const moveRule = (from: number, to: number) => {
    onChange(move(rules, from, to))
    setSaid(`${rules[from]?.name} is now rule ${to + 1} of ${rules.length}`)
    keepFocus(rules[from]?.key, to < from ? 'up' : 'down')
  }
  return (
    <>
      <ol className={classes.list} aria-label="Rules in their order">
        {shown.map(place => {
          const rule = rules[place]
          if (!rule) return null
          const [tone, word] = ACTION_WORDS[rule.action]
          const faults = problemsOfRule(problems, place)
          const isDecided = decided === place
          return (
            <li
              key={rule.key}
              className={classes.row}
              data-off={!rule.enabled || undefined}
              data-decided={isDecided || undefined}
              data-dragged={dragged === place || undefined}
              onDragOver={event => {
                if (dragged === undefined) return
                event.preventDefault()
                if (dragged !== place) {
                  onChange(move(rules, dragged, place))
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
                      event.dataTransfer.setData('text/plain', rule.name)
                      setDragged(place)
                    }}
                    onDragEnd={() => setDragged(undefined)}
                  >
                    <IconGripVertical size={16} />
                  </span>
                )}
                <span className={classes.number}>{countText(place + 1)}</span>
                <Switch
                  size="sm"
                  aria-label={`${rule.name} is enabled`}
                  checked={rule.enabled}
                  disabled={disabled}
                  onChange={event => {
                    const { checked: enabled } = event.currentTarget
                    onChange(rules.map((one, at) => (at === place ? { ...one, enabled } : one)))
                  }}
                />
              </div>
              <div className={classes.body}>
                <div className={classes.head}>
                  <UnstyledButton className={classes.name} onClick={() => onOpen(place)}>
                    {rule.name}
                  </UnstyledButton>
                  <Status tone={rule.enabled ? tone : 'off'}>{word}</Status>
                  {isDecided && <span className={classes.decided}>decided</span>}
                </div>
                {rule.description !== undefined && <p className={classes.text}>{rule.description}</p>}
                <Conditions rule={rule} />
                {faults.map(({ path, message }) => (
                  <p key={`${path} ${message}`} className={classes.fault}>
                    {message}
                  </p>
                ))}
              </div>
              {!disabled && (
                <div className={classes.actions}>
                  <Tooltip label="Earlier">
                    <ActionIcon
                      id={moveId(rule.key, 'up')}
                      aria-label={`Move ${rule.name} up`}
                      disabled={place === 0}
                      onClick={() => moveRule(place, place - 1)}
                    >
                      <IconArrowUp size={16} aria-hidden />
                    </ActionIcon>
                  </Tooltip>
                  <Tooltip label="Later">
                    <ActionIcon
                      id={moveId(rule.key, 'down')}
                      aria-label={`Move ${rule.name} down`}
                      disabled={place === rules.length - 1}
                      onClick={() => moveRule(place, place + 1)}
                    >
                      <IconArrowDown size={16} aria-hidden />
                    </ActionIcon>
                  </Tooltip>
                  <Tooltip label="Delete">
                    <ActionIcon
                      color="red"
                      aria-label={`Delete ${rule.name}`}
                      onClick={() => onChange(rules.filter((_, at) => at !== place))}
                    >
                      <IconTrash size={16} aria-hidden />
                    </ActionIcon>
                  </Tooltip>
                </div>
              )}
            </li>
          )
        })}
        <li className={classes.row} data-last data-decided={decided === 'last' || undefined}>
          <div className={classes.place} />
          <div className={classes.body}>
            <div className={classes.head}>
              <span>{last.who}</span>
              <Status tone={last.tone}>{last.what}</Status>
              {decided === 'last' && <span className={classes.decided}>decided</span>}
            </div>
          </div>
        </li>
      </ol>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </>
  )
}

function Conditions({ rule }: { rule: Rule }) {
  const chips = chipsOf(rule.when)
  if (chips.length === 0) return <p className={classes.text}>always</p>
  return (
    <ul className={classes.chips} aria-label={`Conditions of ${rule.name}`}>
      {chips.map(({ key, label, values }) => (
        <li key={key} title={values.slice(0, 50).join(', ')}>
          <b>{label}</b> {values.slice(0, NAMED).join(', ')}
          {values.length > NAMED && ` and ${countText(values.length - NAMED)} more`}
        </li>
      ))}
    </ul>
  )
}

const moveId = (key: number, way: 'up' | 'down') => `rule-${key}-${way}`

/** The button that moved a rule moves with it and keeps the focus; at the end of the list the other one takes it. */
function keepFocus(key: number | undefined, way: 'up' | 'down'): void {
  if (key === undefined) return
  requestAnimationFrame(() => {
    for (const one of [way, way === 'up' ? 'down' : 'up'] as const) {
      const button = document.getElementById(moveId(key, one))
      if (button instanceof HTMLButtonElement && !button.disabled) return button.focus()
    }
  })
}
