import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { AccessPolicyView } from '@portolan/console/contract'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { useChange } from '../../../components/use-change.ts'
import { useUserNames } from '../../sites/use-names.ts'
import { formOfRule, ruleOfForm } from '../policy/rule-form.ts'
import { NamesInput } from '../shared/names-input.tsx'
import { useAccessNames, useGroupNames } from '../shared/use-access-names.ts'

interface FirstRuleForm {
  name: string
  users: string[]
  groups: string[]
  segments: string[]
}

const PATH = '/access/access-policy'

/** Adds a rule that allows at the end of the access policy. */
async function addRule(form: FirstRuleForm): Promise<void> {
  const policy = await api.get<AccessPolicyView>(PATH)
  const rule = ruleOfForm({ ...formOfRule(undefined, 'access'), ...form }, 'access')
  await api.put(PATH, { rules: [...policy.rules, rule], revision: policy.revision })
}

/** The short way to a first rule. */
export function FirstRule({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const segments = useAccessNames('/access/segments')
  return (
    <Modal opened={opened} onClose={onClose} title="Who may reach it">
      <FirstRuleEditor segments={segments} onClose={onClose} />
    </Modal>
  )
}

function FirstRuleEditor({ segments, onClose }: { segments: readonly string[]; onClose: () => void }) {
  const [fault, setFault] = useState<string>()
  const users = useUserNames()
  const groups = useGroupNames()
  const form = useForm<FirstRuleForm>({
    initialValues: { name: 'Allowed people', users: [], groups: [], segments: segments.slice(0, 1) },
  })
  const save = useChange({
    run: addRule,
    done: 'The rule is in force',
    renews: ['/access/overview', PATH],
    errors: 'self',
    onDone: onClose,
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    if (values.users.length + values.groups.length === 0)
      return form.setFieldError('users', 'Name at least one user or group')
    save.mutate(values, { onError: error => setFault(error.message) })
  })
  const { values, errors } = form
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput label="Name of the rule" required autoComplete="off" {...form.getInputProps('name')} />
        <NamesInput
          label="Users"
          description="Names, or patterns such as ext-*"
          placeholder="alice"
          names={users}
          value={values.users}
          error={errors.users}
          onChange={chosen => form.setFieldValue('users', chosen)}
        />
        <NamesInput
          label="Groups"
          description="With users given as well, both have to hold"
          placeholder="staff"
          names={groups}
          value={values.groups}
          onChange={chosen => form.setFieldValue('groups', chosen)}
        />
        <NamesInput
          label="Segments"
          description="Empty: every segment"
          placeholder="every segment"
          names={segments}
          value={values.segments}
          onChange={chosen => form.setFieldValue('segments', chosen)}
        />
        <Text size="sm" c="dimmed">
          It is put at the end of the access policy, where more can be said: networks, devices, times.
        </Text>
        {fault !== undefined && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Allow
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
