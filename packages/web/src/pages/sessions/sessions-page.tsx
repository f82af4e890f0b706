import { Button, Skeleton, Text } from '@mantine/core'
import { IconDoorExit } from '@tabler/icons-react'
import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import { ApiError, api } from '../../api/client.ts'
import { ConfirmModal } from '../../components/confirm.tsx'
import { EmptyView } from '../../components/empty-view.tsx'
import { notifyDone } from '../../components/notify.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { countText, plural } from '../../format/format.ts'
import { useCan } from '../../shell/me.ts'
import { type LiveRows, type SessionSort, type SortedBy, shownRows } from './live-rows.ts'
import classes from './sessions.module.css'
import { SessionsTable } from './sessions-table.tsx'
import { useLiveSessions } from './use-live-sessions.ts'

const none: LiveRows = new Map()

/** Who is connected, and what they do. */
export default function SessionsPage() {
  const live = useLiveSessions()
  const canKick = useCan('sessions:write')
  const [search, setSearch] = useState('')
  const [sorted, setSorted] = useState<SortedBy>({ by: 'since', order: 'desc' })
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [kicked, setKicked] = useState<readonly string[]>()
  const rows = useDeferredValue(live ?? none)
  const shown = useMemo(() => shownRows(rows, search, sorted), [rows, search, sorted])
  const alive = useMemo(() => [...ticked].filter(name => rows.has(name)), [ticked, rows])
  const tick = useCallback(
    (name: string, on: boolean) =>
      setTicked(before => {
        const next = new Set(before)
        if (on) next.add(name)
        else next.delete(name)
        return next
      }),
    [],
  )
  const kickOne = useCallback((name: string) => setKicked([name]), [])
  const sort = (by: SessionSort) =>
    setSorted(before => ({ by, order: before.by === by && before.order === 'asc' ? 'desc' : 'asc' }))

  return (
    <>
      <PageHeader
        title="Sessions"
        description="Control connections as they are now. Open one to read its dialogue and see its data connections."
      />
      <div className={classes.bar}>
        <SearchInput label="Search user, class, address, path" value={search} onChange={setSearch} />
        {canKick && (
          <Button
            variant="default"
            color="red"
            leftSection={<IconDoorExit size={16} aria-hidden />}
            disabled={alive.length === 0}
            onClick={() => setKicked(alive)}
          >
            Kick{alive.length > 0 ? ` ${countText(alive.length)}` : ' …'}
          </Button>
        )}
        <Text size="sm" c="dimmed" ml="auto" className="tabular">
          {live &&
            (search === ''
              ? plural(rows.size, 'session')
              : `${countText(shown.length)} of ${plural(rows.size, 'session')}`)}
        </Text>
      </div>
      {!live && <Skeleton height={320} radius="md" aria-busy="true" />}
      {live && shown.length === 0 && (
        <EmptyView
          text={
            search === ''
              ? 'Nobody is connected. A session shows here as soon as a client dials in.'
              : `No session holds “${search}”.`
          }
        />
      )}
      {live && shown.length > 0 && (
        <SessionsTable
          rows={shown}
          sorted={sorted}
          onSort={sort}
          ticked={ticked}
          canKick={canKick}
          onTick={tick}
          onTickAll={on => setTicked(new Set(on ? shown.map(({ session }) => session.session) : []))}
          onKick={kickOne}
        />
      )}
      <KickModal
        sessions={kicked}
        rows={rows}
        onClose={() => setKicked(undefined)}
        onDone={() => setTicked(new Set())}
      />
    </>
  )
}

interface KickModalProps {
  readonly sessions: readonly string[] | undefined
  readonly rows: LiveRows
  readonly onClose: () => void
  readonly onDone: () => void
}

/** Asks before sessions are ended. */
function KickModal({ sessions, rows, onClose, onDone }: KickModalProps) {
  const names = sessions ?? []
  const moving = names.filter(name => rows.get(name)?.session.transfer).length
  const [one] = names
  const user = one === undefined ? undefined : rows.get(one)?.session.user
  const kick = async () => {
    await kickAll(names)
    notifyDone(`${plural(names.length, 'session')} ended`)
    onDone()
  }
  return (
    <ConfirmModal
      opened={sessions !== undefined}
      onClose={onClose}
      title={
        names.length === 1 ? `Kick ${user ?? `session ${one}`}?` : `Kick ${plural(names.length, 'session')}?`
      }
      verb="Kick"
      danger
      onConfirm={kick}
    >
      {names.length === 1 ? 'The session is' : 'The sessions are'} ended at once
      {moving > 0 ? `; ${plural(moving, 'running transfer')} will be broken off` : ''}. Clients may connect
      again: a ban keeps them out.
    </ConfirmModal>
  )
}

/** How many are ended at the same time. */
const AT_ONCE = 8

/** Ends sessions; one that has ended by itself is no failure. @throws the first failure, after all were tried */
async function kickAll(names: readonly string[]): Promise<void> {
  const failures: unknown[] = []
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const done = await Promise.allSettled(
      names.slice(start, start + AT_ONCE).map(name => api.delete(`/sessions/${encodeURIComponent(name)}`)),
    )
    for (const one of done) if (one.status === 'rejected' && !isGone(one.reason)) failures.push(one.reason)
  }
  if (failures.length > 0) throw failures[0]
}

const isGone = (error: unknown) => error instanceof ApiError && error.status === 404
