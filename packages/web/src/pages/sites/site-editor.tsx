import { useForm } from '@mantine/form'
import type { SiteTest, SiteView } from '@portolan/console/contract'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import { showErrors } from '../../components/form-errors.ts'
import { Notice } from '../../components/notice.tsx'
import { SaveBar } from '../../components/save-bar.tsx'
import { useChange } from '../../components/use-change.ts'
import { useCan } from '../../shell/me.ts'
import { FilesSection, LimitsSection, RetrySection } from './limits-section.tsx'
import { PartnerSection } from './partner-section.tsx'
import { formOfSite, SITE_FIELDS, type SiteForm, writeOfSite } from './site-form.ts'
import { TestPanel } from './test-panel.tsx'
import { TlsSection } from './tls-section.tsx'
import { WaySection } from './way-section.tsx'

/** The form of a site. What is saved is the whole site, and only if nobody else has changed it meanwhile. */
export function SiteEditor({ site, path }: { site: SiteView; path: string }) {
  const may = useCan('transfers:write')
  const mayRun = useCan('transfers:run')
  const disabled = !may
  const [fault, setFault] = useState<string>()
  const [base, setBase] = useState(site)
  const form = useForm<SiteForm>({ initialValues: formOfSite(site) })
  const take = (newer: SiteView) => {
    const values = formOfSite(newer)
    setBase(newer)
    setFault(undefined)
    form.setInitialValues(values)
    form.setValues(values)
    form.clearErrors()
  }
  const dirty = form.isDirty()
  const isNewer = site.revision > base.revision
  useEffect(() => {
    if (isNewer && !dirty) take(site)
  })
  const refused = (error: unknown) => setFault(showErrors(form, error, SITE_FIELDS))
  const save = useChange({
    run: (values: SiteForm) => api.put<SiteView>(path, writeOfSite(values, base)),
    onDone: take,
    done: `${site.name} is saved; it holds for runs from now on`,
    renews: ['/sites', '/zones'],
    errors: 'self',
  })
  const [startedAt, setStartedAt] = useState(0)
  const test = useMutation({
    mutationFn: (draft: SiteForm | undefined) =>
      draft === undefined
        ? api.post<SiteTest>(`${path}/test`)
        : api.post<SiteTest>('/sites/test', writeOfSite(draft, base)),
    onMutate: () => setStartedAt(Date.now()),
    onError: (error, draft) => {
      if (draft !== undefined) refused(error)
    },
  })
  const submit = form.onSubmit(values => {
    setFault(undefined)
    form.clearErrors()
    save.mutate(values, { onError: refused })
  })
  const draftTest = dirty && may
  const warnings = dirty ? [] : site.warnings
  return (
    <>
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
      {mayRun && (
        <TestPanel
          draft={draftTest}
          pending={test.isPending}
          startedAt={startedAt}
          result={test.data}
          error={test.error}
          onTest={() => {
            form.clearErrors()
            setFault(undefined)
            test.mutate(draftTest ? form.getValues() : undefined)
          }}
        />
      )}
      <form onSubmit={submit}>
        <PartnerSection form={form} site={site} disabled={disabled} />
        <TlsSection form={form} site={site} disabled={disabled} />
        <WaySection form={form} disabled={disabled} />
        <FilesSection form={form} disabled={disabled} />
        <LimitsSection form={form} disabled={disabled} />
        <RetrySection form={form} disabled={disabled} />
        {!disabled && (
          <SaveBar
            dirty={dirty}
            saving={save.isPending}
            error={
              fault ??
              (Object.keys(form.errors).length > 0 ? 'Some fields need another look.' : undefined) ??
              (isNewer && dirty
                ? `${site.changedBy} has changed this site meanwhile. Discard to see it; saving would be refused.`
                : undefined)
            }
            onDiscard={() => take(site)}
          />
        )}
      </form>
    </>
  )
}
