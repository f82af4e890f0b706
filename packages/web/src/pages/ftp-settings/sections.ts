import type { Draft } from './draft.ts'
import { isWithin, parsePath } from './paths.ts'
import { type Field, type FieldOf, type FormSchema, fieldOf } from './schema-form.ts'

/** A part of the page: one or more sections of the settings. */
export interface Tab {
  readonly id: string
  readonly label: string
  readonly fields: readonly Field[]
}

/** Sections that have a page of their own. */
const ELSEWHERE = new Set(['users', 'groups', 'userClasses'])
const FIRST = ['active', 'passive']

/** Active mode, passive mode and its address rules, as people know them together; then each other section of the schema. */
export function tabsOf(schema: FormSchema): Tab[] {
  const whole = fieldOf(schema, [])
  const fields = whole.kind === 'section' ? whole.fields : []
  const first = FIRST.flatMap(name => fields.filter(field => field.name === name))
  const others = fields.filter(field => !ELSEWHERE.has(field.name) && !FIRST.includes(field.name))
  return [
    { id: 'data-connections', label: 'FTP modes', fields: first },
    ...others.map(field => ({ id: field.name, label: field.label, fields: [field] })),
  ]
}

/** The tab that shows a setting. */
export function tabOf(tabs: readonly Tab[], path: string): Tab | undefined {
  return tabs.find(({ fields }) => fields.some(field => isWithin(path, field.path)))
}

/** How many changes of a draft stand in a tab. */
export function changesIn(tab: Tab, draft: Draft): number {
  return [...draft.keys()].filter(path => tab.fields.some(field => isWithin(path, field.path))).length
}

/** The section of that name. */
export function sectionOf(tab: Tab, name: string): FieldOf<'section'> | undefined {
  const field = tab.fields.find(one => one.name === name)
  return field?.kind === 'section' ? field : undefined
}

/** The path of the field that shows a setting: a mistake deep in a list is shown at the list. */
export function shownAt(tabs: readonly Tab[], path: string): string {
  let shown = String(parsePath(path)[0] ?? '')
  const walk = (fields: readonly Field[]) => {
    for (const field of fields) {
      if (!isWithin(path, field.path)) continue
      shown = field.path
      if (field.kind === 'section') walk(field.fields)
    }
  }
  for (const tab of tabs) walk(tab.fields)
  return shown
}
