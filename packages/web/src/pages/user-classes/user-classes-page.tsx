import { Button, Skeleton } from '@mantine/core'
import type { UserClass } from '@portolan/console/contract'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiError, api } from '../../api/client.ts'
import { EmptyView } from '../../components/empty-view.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import type { Keyed } from '../../components/keyed.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { SaveBar } from '../../components/save-bar.tsx'
import { useChange } from '../../components/use-change.ts'
import { useCan } from '../../shell/me.ts'
import { type ClassRow, classOf, emptyRow, rowOf, sameClasses } from './class-draft.ts'
import { ClassList } from './class-list.tsx'
import { TryClass } from './try-class.tsx'

const FORM = 'user-classes'

interface Classes {
  readonly base: number
  readonly classes: readonly UserClass[]
}

/** The classes by which address rules tell sessions apart. */
export default function UserClassesPage() {
  const query = useQuery({ queryKey: ['/user-classes'], queryFn: () => api.get<Classes>('/user-classes') })
  const can = useCan('settings:write')
  const [draft, setDraft] = useState<readonly Keyed<ClassRow>[]>()
  const save = useChange({
    run: (rows: readonly ClassRow[]) =>
      api.put<Classes>('/user-classes', { base: query.data?.base ?? 0, classes: rows.map(classOf) }),
    done: 'The user classes are saved; they hold for sessions from now on',
    renews: ['/user-classes', '/settings'],
    errors: 'self',
    onDone: () => setDraft(undefined),
  })
  const kept = useRows(query.data)
  const rows = draft ?? kept
  const dirty = draft !== undefined && !sameClasses(draft, kept)
  const change = (next: readonly Keyed<ClassRow>[]) => {
    save.reset()
    setDraft(next)
  }
  const add = can && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => change([...rows, emptyRow()])}>
      Add a class
    </Button>
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(rows)
  }
  const errors = save.error instanceof ApiError ? save.error.errors : []
  return (
    <>
      <PageHeader
        title="User classes"
        description="The first enabled class that matches is the class of a session. Passive mode address rules go by it; no match is the class default."
        actions={rows.length > 0 && add}
      />
      {query.error && !query.data && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Skeleton height={160} radius="md" />}
      {query.data && (
        <form onSubmit={submit} id={FORM}>
          {rows.length === 0 ? (
            <EmptyView
              text="There are no classes: every session is of the class default. Classes are needed when partners have to be told different addresses."
              action={add}
            />
          ) : (
            <ClassList rows={rows} onChange={change} errors={errors} disabled={!can} />
          )}
        </form>
      )}
      {query.data && <TryClass draft={dirty ? rows.map(classOf) : undefined} />}
      {can && (
        <SaveBar
          form={FORM}
          dirty={dirty}
          saving={save.isPending}
          error={save.error ? save.error.message : undefined}
          onDiscard={() => {
            save.reset()
            setDraft(undefined)
            void query.refetch()
          }}
        />
      )}
    </>
  )
}

/** The rows of an answer, with keys that stay for as long as the answer does. */
function useRows(data: Classes | undefined): readonly Keyed<ClassRow>[] {
  const [held, setHeld] = useState<{ of: Classes | undefined; rows: readonly Keyed<ClassRow>[] }>({
    of: undefined,
    rows: [],
  })
  if (held.of === data) return held.rows
  const rows = data?.classes.map(rowOf) ?? []
  setHeld({ of: data, rows })
  return rows
}
