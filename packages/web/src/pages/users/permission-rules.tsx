import { ActionIcon, Button, Chip, Group, Paper, Select, Text, TextInput, Tooltip } from '@mantine/core'
import type { PermissionRule } from '@portolan/console/contract'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { type Keyed, keyed } from '../../components/keyed.ts'
import { allowed, kindOf, PERMISSIONS, shortest } from './permissions.ts'
import classes from './rows-editor.module.css'

interface PermissionRulesProps {
  readonly rules: readonly Keyed<PermissionRule>[]
  readonly onChange: (rules: readonly Keyed<PermissionRule>[]) => void
  /** Mistakes by the path of the field, such as `permissions.0.path`. */
  readonly errors: Readonly<Record<string, unknown>>
  readonly disabled: boolean
}

const KINDS = [
  { value: 'all', label: 'Everything' },
  { value: 'readOnly', label: 'Read only' },
  { value: 'none', label: 'Nothing' },
  { value: 'some', label: 'As ticked', disabled: true },
]

/** What is allowed where: a rule for each folder, with every permission to tick. */
export function PermissionRules({ rules, onChange, errors, disabled }: PermissionRulesProps) {
  const put = (place: number, change: Partial<PermissionRule>) =>
    onChange(rules.map((rule, at) => (at === place ? { ...rule, ...change } : rule)))
  return (
    <div className={classes.list}>
      {rules.map((rule, place) => (
        <Paper key={rule.key} p="sm" component="fieldset" className={classes.card}>
          <legend className={classes.legend}>Rule {place + 1}</legend>
          <div className={classes.row}>
            <TextInput
              label="Folder"
              description="As the client sees it; holds for all below"
              placeholder="/"
              value={rule.path}
              error={textOf(errors[`permissions.${place}.path`])}
              disabled={disabled}
              onChange={event => put(place, { path: event.currentTarget.value })}
            />
            <Select
              label="Allowed"
              description="The deepest folder decides"
              allowDeselect={false}
              data={KINDS}
              value={kindOf(rule.allow)}
              error={textOf(errors[`permissions.${place}.allow`] ?? errors[`permissions.${place}`])}
              disabled={disabled}
              onChange={kind => {
                if (kind === 'all' || kind === 'readOnly' || kind === 'none') put(place, { allow: kind })
              }}
            />
            {!disabled && (
              <Tooltip label="Take this rule away">
                <ActionIcon
                  color="red"
                  className={classes.remove}
                  aria-label={`Take the rule for ${rule.path || 'this folder'} away`}
                  onClick={() => onChange(rules.filter((_, at) => at !== place))}
                >
                  <IconTrash size={17} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </div>
          <Chip.Group
            multiple
            value={[...allowed(rule.allow)]}
            onChange={ticked => put(place, { allow: shortest(ticked) })}
          >
            <Group gap={6} mt="sm">
              {PERMISSIONS.map(([name, label]) => (
                <Chip key={name} value={name} size="xs" disabled={disabled} variant="outline">
                  {label}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </Paper>
      ))}
      {rules.length === 0 && (
        <Text size="sm" c="dimmed">
          No rule: nothing is allowed anywhere.
        </Text>
      )}
      {!disabled && (
        <Button
          variant="default"
          className={classes.add}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() =>
            onChange([
              ...rules,
              keyed<PermissionRule>({ path: rules.length === 0 ? '/' : '', allow: 'readOnly' }),
            ])
          }
        >
          Add a rule
        </Button>
      )}
    </div>
  )
}

const textOf = (error: unknown): string | undefined => (typeof error === 'string' ? error : undefined)
