import { Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { TransferView } from '@portolan/console/contract'
import { useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { FormSection } from '../../components/form-section.tsx'
import { Notice } from '../../components/notice.tsx'
import { SaveBar } from '../../components/save-bar.tsx'
import { useChange } from '../../components/use-change.ts'
import { useCan } from '../../shell/me.ts'
import { ConditionsEditor } from './conditions-editor.tsx'
import { propertiesFor } from './properties.ts'
import { RetryFields } from './retry-fields.tsx'
import { ScheduleFields } from './schedule-fields.tsx'
import { StepsEditor } from './steps-editor.tsx'
import { PlaceholderHelp } from './template-input.tsx'
import { fieldsOfTransfer, formOfTransfer, type TransferForm, writeOfTransfer } from './transfer-form.ts'
import { TriggerFields } from './trigger-fields.tsx'

/** The form of a transfer. What is saved is the whole transfer, and only if nobody else has changed it meanwhile. */
export function TransferEditor({ transfer, path }: { transfer: TransferView; path: string }) {
  const disabled = !useCan('transfers:write')
  const [fault, setFault] = useState<string>()
  const [base, setBase] = useState(transfer)
  const form = useForm<TransferForm>({ initialValues: formOfTransfer(transfer) })
  const take = (newer: TransferView) => {
    const values = formOfTransfer(newer)
    setBase(newer)
    setFault(undefined)
    form.setInitialValues(values)
    form.setValues(values)
    form.clearErrors()
  }
  const dirty = form.isDirty()
  const isNewer = transfer.revision > base.revision
  useEffect(() => {
    if (isNewer && !dirty) take(transfer)
  })
  const save = useChange({
    run: (values: TransferForm) => api.put<TransferView>(path, writeOfTransfer(values, base)),
    onDone: take,
    done: `${transfer.name} is saved; runs that are there go on as they began`,
    renews: ['/site-transfers', '/sites', '/coming'],
    errors: 'self',
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    form.clearErrors()
    save.mutate(values, { onError: error => setFault(showErrors(form, error, fieldsOfTransfer(values))) })
  })
  const { values, errors } = form
  const warnings = dirty ? [] : transfer.warnings
  return (
    <form onSubmit={submit}>
      {warnings.length > 0 && (
        <Notice spaced tone="warn" title="To look after">
          <ul>
            {warnings.map(({ path: field, message }) => (
              <li key={`${field} ${message}`}>
                {field !== '' && <code>{field}</code>} {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <FormSection title="General">
        <Switch
          label="Enabled"
          description="Off: neither schedule nor trigger begin a run"
          disabled={disabled}
          {...form.getInputProps('enabled', { type: 'checkbox' })}
        />
        <TextInput
          label="Description"
          maxLength={500}
          disabled={disabled}
          {...form.getInputProps('description')}
        />
      </FormSection>
      <FormSection title="When" description="By a schedule, by a trigger, or by both.">
        <Switch
          label="On a schedule"
          disabled={disabled}
          {...form.getInputProps('scheduled', { type: 'checkbox' })}
        />
        {values.scheduled && (
          <ScheduleFields
            schedule={values.schedule}
            errors={errors}
            disabled={disabled}
            onChange={schedule => form.setFieldValue('schedule', schedule)}
          />
        )}
        <TriggerFields
          trigger={values.trigger}
          errors={errors}
          disabled={disabled}
          onChange={trigger => form.setFieldValue('trigger', trigger)}
        />
      </FormSection>
      <FormSection title="Conditions" description="All of them have to hold, or no run is made.">
        <ConditionsEditor
          properties={propertiesFor(values.trigger.on, values.scheduled)}
          conditions={values.conditions}
          errors={errors}
          disabled={disabled}
          onChange={conditions => form.setFieldValue('conditions', conditions)}
        />
      </FormSection>
      <FormSection
        title="Steps"
        description="One after the other. A step that fails ends the run, unless trying again can help."
      >
        <StepsEditor
          path="steps"
          label="Steps in their order"
          none="None yet: it needs at least one."
          steps={values.steps}
          errors={errors}
          disabled={disabled}
          onChange={steps => form.setFieldValue('steps', steps)}
        />
        <PlaceholderHelp />
      </FormSection>
      <FormSection title="On failure" description="What is done once a run has failed for good.">
        <StepsEditor
          path="onFailure"
          label="Steps on failure"
          none="Nothing."
          steps={values.onFailure}
          errors={errors}
          disabled={disabled}
          onChange={steps => form.setFieldValue('onFailure', steps)}
        />
      </FormSection>
      <FormSection title="Retry" description="After a failure that may pass.">
        <Switch
          label="Of its own"
          description="Off: as the site says"
          disabled={disabled}
          {...form.getInputProps('ownRetry', { type: 'checkbox' })}
        />
        {values.ownRetry && (
          <RetryFields
            retry={values.retry}
            errors={errors}
            disabled={disabled}
            onChange={retry => form.setFieldValue('retry', retry)}
          />
        )}
      </FormSection>
      <FormSection title="Alerts" description="Who is told how a run ended.">
        <Stack gap="md">
          <Select
            label="Told"
            allowDeselect={false}
            disabled={disabled}
            data={[
              { value: 'failed', label: 'of runs that failed' },
              { value: 'always', label: 'of every run' },
            ]}
            {...form.getInputProps('alerts.on')}
          />
          <TagsInput
            label="By mail"
            description="Leaves by the mail server of the settings, transfers.mail"
            splitChars={[',', ' ']}
            acceptValueOnBlur
            disabled={disabled}
            placeholder={values.alerts.mail.length === 0 ? 'nobody' : undefined}
            {...form.getInputProps('alerts.mail')}
          />
          <TextInput
            label="By webhook"
            placeholder="https://hooks.example.com/alerts"
            spellCheck={false}
            disabled={disabled}
            {...form.getInputProps('alerts.webhook')}
          />
        </Stack>
      </FormSection>
      {!disabled && (
        <SaveBar
          dirty={dirty}
          saving={save.isPending}
          error={
            fault ??
            (Object.keys(errors).length > 0 ? 'Some fields need another look.' : undefined) ??
            (isNewer && dirty
              ? `${transfer.changedBy} has changed this transfer meanwhile. Discard to see it; saving would be refused.`
              : undefined)
          }
          onDiscard={() => take(transfer)}
        />
      )}
    </form>
  )
}
