import { Alert, Button, Group, Select, Stack, Switch, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { FieldProblem } from '@portolan/console/contract'
import { EditDrawer } from '../../../components/edit-drawer.tsx'
import { placeProblems } from '../../../components/form-errors.ts'
import { useUserNames } from '../../sites/use-names.ts'
import { NamesInput } from '../shared/names-input.tsx'
import { useAccessNames, useGroupNames } from '../shared/use-access-names.ts'
import {
  ACTIONS,
  fieldsOfRule,
  formOfRule,
  LISTS,
  type PolicyKind,
  type Rule,
  type RuleForm,
  ruleOfForm,
} from './rule-form.ts'
import { LABELS } from './rule-words.ts'
import { TimesEditor } from './times-editor.tsx'

const HINTS: Readonly<Record<(typeof LISTS)[number], { readonly text: string; readonly example: string }>> = {
  users: { text: 'Names, or patterns such as ext-*', example: 'every user' },
  groups: { text: 'The user is in one of them', example: 'any or none' },
  segments: { text: 'Application segments', example: 'every segment' },
  segmentGroups: { text: 'The segment is in one of them', example: 'every group' },
  clientNetworks: { text: 'From where the agent comes, such as 10.0.0.0/8', example: 'anywhere' },
  deviceLabels: { text: 'The agent has one of them', example: 'any device' },
}

interface RuleDrawerProps {
  readonly kind: PolicyKind
  /** `new` makes one. */
  readonly rule: Rule | 'new' | undefined
  /** What the server said of it, by the fields of the form. */
  readonly problems: readonly FieldProblem[]
  readonly readOnly: boolean
  readonly onClose: () => void
  readonly onKeep: (rule: Rule) => void
}

/** One rule. What is kept is in force once the policy is saved. */
export function RuleDrawer({ rule, onClose, ...rest }: RuleDrawerProps) {
  const given = rule === 'new' ? undefined : rule
  return (
    <EditDrawer
      opened={rule !== undefined}
      title={given ? `Rule ${given.name}` : 'Add a rule'}
      what="rule"
      onClose={onClose}
    >
      {editing => <RuleEditor {...rest} {...editing} rule={given} />}
    </EditDrawer>
  )
}

interface RuleEditorProps extends Omit<RuleDrawerProps, 'rule' | 'onClose'> {
  readonly rule: Rule | undefined
  readonly onDirty: () => void
  readonly onLeave: () => void
}

function RuleEditor({ kind, rule, problems, readOnly: disabled, onKeep, onDirty, onLeave }: RuleEditorProps) {
  const initialValues = formOfRule(rule, kind)
  const { errors: initialErrors, rest } = placeProblems(problems, fieldsOfRule(initialValues))
  const form = useForm<RuleForm>({
    initialValues,
    initialErrors,
    validate: { name: name => (name.trim() === '' ? 'must not be empty' : null) },
    onValuesChange: onDirty,
  })
  const names = {
    users: useUserNames(),
    groups: useGroupNames(),
    segments: useAccessNames('/access/segments'),
    segmentGroups: useAccessNames('/access/segment-groups'),
    clientNetworks: [],
    deviceLabels: [],
  }
  const { values, errors } = form
  const submit = form.onSubmit(kept => {
    onKeep(ruleOfForm(kept, kind))
    onLeave()
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Name"
          required
          disabled={disabled}
          description="The log says which rule decided"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TextInput label="Description" disabled={disabled} {...form.getInputProps('description')} />
        <Switch
          label="Enabled"
          description="Off: it is passed over"
          disabled={disabled}
          {...form.getInputProps('enabled', { type: 'checkbox' })}
        />
        <div>
          <Select
            label="Action"
            allowDeselect={false}
            disabled={disabled}
            data={ACTIONS[kind].map(({ value, label }) => ({ value, label }))}
            value={values.action}
            error={errors.action}
            onChange={chosen => {
              const found = ACTIONS[kind].find(({ value }) => value === chosen)
              if (found) form.setFieldValue('action', found.value)
            }}
          />
          <Text size="sm" c="dimmed" mt={4}>
            {ACTIONS[kind].find(({ value }) => value === values.action)?.text}
          </Text>
        </div>
        {values.action === 'deny' && (
          <Textarea
            label="Message"
            description="Said to the user whom it denies"
            placeholder="Ask the help desk for access."
            autosize
            minRows={2}
            maxRows={5}
            maxLength={500}
            disabled={disabled}
            {...form.getInputProps('message')}
          />
        )}
        <div>
          <Title order={3}>Conditions</Title>
          <Text size="sm" c="dimmed">
            All that are given have to hold, each by one of its values. What is empty is no condition.
          </Text>
        </div>
        {LISTS.map(list => (
          <NamesInput
            key={list}
            label={LABELS[list]}
            description={HINTS[list].text}
            placeholder={HINTS[list].example}
            names={names[list]}
            disabled={disabled}
            value={values[list]}
            error={errors[list]}
            onChange={chosen => form.setFieldValue(list, chosen)}
          />
        ))}
        <Title order={3}>Times</Title>
        {values.times.length === 0 && (
          <Text size="sm" c="dimmed">
            At any time.
          </Text>
        )}
        <TimesEditor
          times={values.times}
          errors={errors}
          disabled={disabled}
          onChange={times => form.setFieldValue('times', times)}
        />
        {rest.length > 0 && (
          <Alert color="red" role="alert">
            {rest.map(({ message }) => message).join('; ')}
          </Alert>
        )}
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="dimmed">
            {disabled ? '' : 'It is in force once the policy is saved.'}
          </Text>
          <Group gap="xs" ml="auto">
            <Button variant="default" onClick={onLeave}>
              {disabled ? 'Close' : 'Cancel'}
            </Button>
            {!disabled && <Button type="submit">{rule ? 'Keep the changes' : 'Add the rule'}</Button>}
          </Group>
        </Group>
      </Stack>
    </form>
  )
}
