import { Paper, Select, Title } from '@mantine/core'
import type { SettingsView } from '@portolan/console/contract'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { Notice } from '../../components/notice.tsx'
import { useIsNarrow } from '../../components/rows.tsx'
import { UnsavedGuard } from '../../components/save-bar.tsx'
import { AddressRules } from './address-rules.tsx'
import { draftValue } from './draft.ts'
import { FieldRow } from './field-row.tsx'
import classes from './page.module.css'
import { isWithin } from './paths.ts'
import { PortRangeSection } from './port-range-section.tsx'
import { ReviewDialog, Stale } from './review-dialog.tsx'
import { inputId, rowId } from './row-id.ts'
import { SaveBar } from './save-bar.tsx'
import { type Field, problemOf, settingsBelow } from './schema-form.ts'
import section from './section.module.css'
import { SectionView } from './section-view.tsx'
import { changesIn, sectionOf, shownAt, type Tab, tabOf } from './sections.ts'
import { type DraftState, SettingsDraftProvider, useDraftState } from './use-settings-draft.ts'

interface SettingsFormProps {
  readonly latest: SettingsView
  readonly tabs: readonly Tab[]
  readonly readOnly: boolean
}

/** The settings in tabs, and what is needed to change them. */
export function SettingsForm({ latest, tabs, readOnly }: SettingsFormProps) {
  const form = useDraftState(latest, readOnly)
  const [isReviewed, setReviewed] = useState(false)
  const { tab, openTab, jump } = useTabs(tabs)
  const mistakes = mistakesOf(tabs, form)
  return (
    <SettingsDraftProvider value={form}>
      <div className={classes.layout}>
        <TabList tabs={tabs} tab={tab} form={form} onOpen={openTab} />
        <div>
          {form.newer && <Stale spaced busy={false} onLook={() => form.rebase(latest)} />}
          <Warnings tab={tab} form={form} />
          <TabView tab={tab} />
          {form.draft.size > 0 && (
            <SaveBar
              changes={form.draft.size}
              mistakes={mistakes}
              onSave={() => setReviewed(true)}
              onDiscard={form.discard}
              onJump={jump}
            />
          )}
        </div>
      </div>
      {isReviewed && (
        <ReviewDialog
          form={form}
          onClose={() => setReviewed(false)}
          onJump={path => {
            setReviewed(false)
            jump(path)
          }}
        />
      )}
      <UnsavedGuard dirty={form.draft.size > 0} />
    </SettingsDraftProvider>
  )
}

/** Which tab is open, from the page's address: `?section=tls`, or `?field=tls.key` for the one that shows a field. */
function useTabs(tabs: readonly Tab[]) {
  const search: Readonly<Record<string, string | undefined>> = useSearch({ strict: false })
  const navigate = useNavigate()
  const { field } = search
  const named = tabs.find(({ id }) => id === search.section)
  const tab = (field === undefined ? named : tabOf(tabs, field)) ?? named ?? tabs[0]
  const go = useCallback(
    (next: Readonly<Record<string, string>>) =>
      void navigate({ to: '.', search: next as never, replace: true, resetScroll: false }),
    [navigate],
  )
  useEffect(() => {
    if (field !== undefined) showField(tabs, field)
  }, [field, tabs])
  return {
    tab,
    openTab: (id: string) => go({ section: id }),
    jump: (path: string) => {
      if (path === field) showField(tabs, path)
      else go({ field: path })
    },
  }
}

/** Brings a setting, or the part of it that is meant, into view, and its input under the keyboard. */
function showField(tabs: readonly Tab[], path: string): void {
  requestAnimationFrame(() => {
    const row = document.getElementById(rowId(shownAt(tabs, path)))
    const input = document.getElementById(inputId(path)) ?? row?.querySelector<HTMLElement>('input, textarea')
    const target = input ?? row
    target?.scrollIntoView({ block: 'center' })
    input?.focus({ preventScroll: true })
  })
}

interface TabListProps {
  readonly tabs: readonly Tab[]
  readonly tab: Tab | undefined
  readonly form: DraftState
  readonly onOpen: (id: string) => void
}

function TabList({ tabs, tab, form, onOpen }: TabListProps) {
  // As soon as there is no room for two columns.
  const narrow = useIsNarrow()
  const counted = tabs.map(one => ({ ...one, count: changesIn(one, form.draft) }))
  if (narrow) {
    return (
      <Select
        aria-label="Section of the settings"
        allowDeselect={false}
        data={counted.map(({ id, label, count }) => ({
          value: id,
          label: count > 0 ? `${label} (${count} changed)` : label,
        }))}
        value={tab?.id ?? null}
        onChange={id => id !== null && onOpen(id)}
      />
    )
  }
  return (
    <nav className={classes.nav} aria-label="Sections of the settings">
      {counted.map(({ id, label, count }) => (
        <button
          key={id}
          type="button"
          aria-current={id === tab?.id ? 'true' : undefined}
          onClick={() => onOpen(id)}
        >
          {label}
          {count > 0 && (
            <span className={classes.count}>
              {count}
              <span hidden> changed</span>
            </span>
          )}
        </button>
      ))}
    </nav>
  )
}

function TabView({ tab }: { tab: Tab | undefined }) {
  if (!tab) return null
  const active = sectionOf(tab, 'active')
  const passive = sectionOf(tab, 'passive')
  const rules = passive?.fields.find(field => field.name === 'addressRules')
  if (active && passive) {
    return (
      <>
        <PortRangeSection kind="active" section={active} />
        <PortRangeSection kind="passive" section={passive} />
        {rules?.kind === 'table' && <AddressRules field={rules} />}
      </>
    )
  }
  return tab.fields.map(field =>
    field.kind === 'section' ? (
      <SectionView key={field.path} section={field} />
    ) : (
      <Alone key={field.path} field={field} />
    ),
  )
}

/** A setting that is a section of its own, such as the listeners. */
function Alone({ field }: { field: Field }) {
  return (
    <Paper component="section" className={section.section} aria-label={field.label}>
      <Title order={2}>{field.label}</Title>
      <FieldRow field={field} headless />
    </Paper>
  )
}

/** What the check of the settings says of this tab. */
function Warnings({ tab, form }: { tab: Tab | undefined; form: DraftState }) {
  const warnings = form.view.warnings.filter(({ path }) =>
    tab?.fields.some(field => isWithin(path, field.path)),
  )
  if (warnings.length === 0) return null
  return (
    <Notice spaced tone="warn" title="The check of the settings says">
      {warnings.map(({ path, message }) => (
        <div key={`${path} ${message}`}>
          <code>{path}</code> {message}
        </div>
      ))}
    </Notice>
  )
}

function mistakesOf(tabs: readonly Tab[], { draft, view }: DraftState): string[] {
  const all = tabs.flatMap(tab => tab.fields.flatMap(field => [...settingsBelow(field)]))
  return all
    .filter(field => [...draft.keys()].some(path => path === field.path || isWithin(field.path, path)))
    .filter(field => problemOf(field, draftValue(draft, view, field.path)) !== undefined)
    .map(field => field.path)
}
