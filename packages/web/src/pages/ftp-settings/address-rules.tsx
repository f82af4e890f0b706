import { Button, Checkbox, Group, Menu, Paper, Text, Title, VisuallyHidden } from '@mantine/core'
import type { AddressRule } from '@portolan/console/contract'
import { IconChevronDown, IconPlus } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import { move as reorder } from '../../components/reorder.ts'
import { useIsNarrow } from '../../components/rows.tsx'
import { plural } from '../../format/format.ts'
import { AddressRuleRow } from './address-rule-row.tsx'
import classes from './address-rules.module.css'
import { draftValue, sameValue } from './draft.ts'
import { FieldMeta } from './field-meta.tsx'
import { PassivePreviewPanel } from './passive-preview-panel.tsx'
import { parsePath, valueAt } from './paths.ts'
import { rowId } from './row-id.ts'
import { acted, type RuleRow, type RulesAction, rowsOf, rulesIn, tidy } from './rules.ts'
import type { FieldOf } from './schema-form.ts'
import { isLocked, useSettingsDraft } from './use-settings-draft.ts'

const ACTIONS: readonly { readonly action: RulesAction; readonly label: string }[] = [
  { action: 'enable', label: 'Enable' },
  { action: 'disable', label: 'Disable' },
  { action: 'delete', label: 'Delete' },
]

/** *Passive Mode Address Rules*: which address PASV tells whom, and what a client would be told. */
export function AddressRules({ field }: { field: FieldOf<'table'> }) {
  const form = useSettingsDraft()
  const { view, draft, problems } = form
  const { path } = field
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [decided, setDecided] = useState<number>()
  const [said, setSaid] = useState('')
  const narrow = useIsNarrow()
  const rows = useRuleRows(draftValue(draft, view, path))
  const locked = isLocked(form, path)
  const isReset = draft.get(path)?.kind === 'reset'

  const save = (next: readonly RuleRow[]) => {
    const rules = next.map(({ rule }) => tidy(rule))
    rows.keep(next, rules)
    if (sameValue(rules, rulesIn(valueAt(view.effective, parsePath(path))))) form.undo(path)
    else form.change(path, rules)
  }
  const edit = (key: string, change: Partial<AddressRule>) =>
    save(rows.list.map(row => (row.key === key ? { key, rule: { ...row.rule, ...change } } : row)))
  const move = (from: number, to: number) => {
    const next = reorder(rows.list, from, to)
    if (next === rows.list) return
    save(next)
    setSaid(
      `Rule ${from + 1} is now rule ${Math.min(Math.max(to, 0), next.length - 1) + 1} of ${next.length}`,
    )
  }
  const act = (action: RulesAction) => {
    save(acted(rows.list, ticked, action))
    if (action === 'delete') setTicked(new Set())
  }
  const tick = (key: string, on: boolean) => {
    const next = new Set(ticked)
    if (on) next.add(key)
    else next.delete(key)
    setTicked(next)
  }
  const some = rows.list.filter(({ key }) => ticked.has(key)).length
  const told = problems.filter(problem => problem.path === path).map(({ message }) => message)

  return (
    <Paper
      component="section"
      className={classes.section}
      aria-labelledby="address-rules-title"
      id={rowId(path)}
    >
      <header className={classes.head}>
        <div>
          <Group gap="xs">
            <Title order={2} id="address-rules-title">
              Passive Mode Address Rules
            </Title>
            <FieldMeta path={path} label="the address rules" />
          </Group>
          <Text size="sm" c="dimmed">
            {field.description}
          </Text>
        </div>
        {!locked && (
          <Group gap="xs" wrap="nowrap">
            <Menu>
              <Menu.Target>
                <Button
                  variant="default"
                  rightSection={<IconChevronDown size={15} aria-hidden />}
                  disabled={some === 0}
                >
                  Select Action{some > 0 ? ` (${some})` : ''}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {ACTIONS.map(({ action, label }) => (
                  <Menu.Item
                    key={action}
                    color={action === 'delete' ? 'red' : undefined}
                    onClick={() => act(action)}
                  >
                    {label} {plural(some, 'rule')}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
            <Button
              variant="default"
              leftSection={<IconPlus size={15} aria-hidden />}
              onClick={() => save([...rows.list, rows.fresh()])}
            >
              Add rule
            </Button>
          </Group>
        )}
      </header>
      {told.length > 0 && (
        <Text size="sm" c="var(--mantine-color-error)">
          {told.join('; ')}
        </Text>
      )}
      {rows.list.length === 0 ? (
        <p className={classes.none}>
          {isReset
            ? 'The rules go back to those of the settings file, or to none.'
            : 'There is no rule: every client is told the local address of its control connection. Behind NAT or a load balancer, add a rule with the address that clients can reach.'}
        </p>
      ) : (
        <table
          className={classes.table}
          data-cards={narrow || undefined}
          aria-label="Passive Mode Address Rules"
        >
          {!narrow && (
            <thead>
              <tr>
                {!locked && (
                  <th className={classes.tick}>
                    <Checkbox
                      size="xs"
                      aria-label="Tick all rules"
                      checked={some > 0 && some === rows.list.length}
                      indeterminate={some > 0 && some < rows.list.length}
                      onChange={event =>
                        setTicked(new Set(event.currentTarget.checked ? rows.list.map(({ key }) => key) : []))
                      }
                    />
                  </th>
                )}
                <th className={classes.place}>#</th>
                <th className={classes.on}>Enabled</th>
                <th className={classes.short}>User Class</th>
                <th className={classes.long}>Clients</th>
                <th>Destination</th>
                <th className={classes.long}>Address</th>
                <th className={classes.short}>Name</th>
                {!locked && (
                  <th className={classes.moves}>
                    <VisuallyHidden>Order</VisuallyHidden>
                  </th>
                )}
              </tr>
            </thead>
          )}
          <tbody>
            {rows.list.map((row, place) => (
              <AddressRuleRow
                key={row.key}
                row={row}
                path={`${path}[${place}]`}
                place={place}
                last={rows.list.length - 1}
                narrow={narrow}
                locked={locked}
                ticked={ticked.has(row.key)}
                decided={decided === place}
                problems={problems.filter(problem => problem.path.startsWith(`${path}[${place}]`))}
                onTick={on => tick(row.key, on)}
                onEdit={change => edit(row.key, change)}
                onMove={to => move(place, to)}
              />
            ))}
          </tbody>
        </table>
      )}
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {!isReset && <PassivePreviewPanel rules={rows.list.map(({ rule }) => rule)} onDecided={setDecided} />}
    </Paper>
  )
}

/** The rules as rows that keep their key while they are edited and moved, and what is typed as it is typed. */
function useRuleRows(value: unknown) {
  const kept = useRef<{ readonly rows: readonly RuleRow[]; readonly value: unknown }>({
    rows: [],
    value: undefined,
  })
  const made = useRef(0)
  return useMemo(() => {
    const newKey = () => `rule-${made.current++}`
    const keep = (rows: readonly RuleRow[], of: unknown) => {
      kept.current = { rows, value: of }
    }
    if (kept.current.value !== value) keep(rowsOf(rulesIn(value), kept.current.rows, newKey), value)
    return {
      list: kept.current.rows,
      keep,
      fresh: (): RuleRow => ({ key: newKey(), rule: { enabled: true, userClass: '*', address: '' } }),
    }
  }, [value])
}
