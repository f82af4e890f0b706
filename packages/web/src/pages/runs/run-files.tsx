import { Group, Pagination, Text, Title } from '@mantine/core'
import type { Page, RunDetail, RunFileView } from '@portolan/console/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { CodeText } from '../../components/code-text.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { type Column, Rows } from '../../components/rows.tsx'
import { Status, type Tone } from '../../components/status.tsx'
import { bytesText, countText, plural } from '../../format/format.ts'
import { isOver } from './live-runs.ts'
import classes from './run-page.module.css'

const PAGE = 100

const TONES: Readonly<Record<string, Tone>> = {
  waiting: 'idle',
  moving: 'info',
  moved: 'info',
  verified: 'info',
  published: 'info',
  done: 'good',
  skipped: 'off',
  failed: 'bad',
}

const COLUMNS: readonly Column<RunFileView>[] = [
  {
    key: 'file',
    header: 'File',
    priority: 1,
    cell: file => (
      <span className={classes.file}>
        <CodeText>{file.source}</CodeText>
        {file.target !== '' && <small>to {file.target}</small>}
        {file.error !== undefined && <small data-bad>{file.error}</small>}
      </span>
    ),
  },
  {
    key: 'state',
    header: 'State',
    cell: file => <Status tone={TONES[file.state] ?? 'info'}>{file.state}</Status>,
  },
  {
    key: 'bytes',
    header: 'Bytes',
    cell: file => (
      <span className="tabular" title={`${countText(file.bytes)} of ${countText(file.size)} bytes`}>
        {file.bytes === file.size
          ? bytesText(file.size)
          : `${bytesText(file.bytes)} of ${bytesText(file.size)}`}
      </span>
    ),
  },
  {
    key: 'way',
    header: 'Data connection',
    cell: file =>
      file.mode === undefined ? (
        <span className="dimmed">–</span>
      ) : (
        <span className={classes.file}>
          <span>{file.mode}</span>
          {file.local && file.remote && (
            <small>
              {file.local} to {file.remote}
            </small>
          )}
          {file.because && <small>{file.because}</small>}
        </span>
      ),
  },
  {
    key: 'checksum',
    header: 'Checksum',
    priority: 3,
    cell: file =>
      file.checksum === undefined ? (
        <span className="dimmed">–</span>
      ) : (
        <CodeText title={file.checksum}>{shortened(file.checksum)}</CodeText>
      ),
  },
  {
    key: 'attempts',
    header: 'Attempts',
    priority: 3,
    align: 'right',
    cell: file => countText(file.attempts),
  },
]

/** `SHA-256 0123456789ab…`: enough to compare by eye; the whole is in the title. */
function shortened(checksum: string): string {
  const [, kind = '', value = ''] = /^(?:(.+)[: ])?(.*)$/.exec(checksum) ?? []
  return `${kind} ${value.length > 12 ? `${value.slice(0, 12)}…` : value}`.trim()
}

/** The files of a run, a hundred at a time. */
export function RunFiles({ detail }: { detail: RunDetail }) {
  const [page, setPage] = useState(1)
  const query = useQuery({
    queryKey: ['/runs', detail.id, 'files', page],
    queryFn: () =>
      api.get<Page<RunFileView>>(`/runs/${encodeURIComponent(detail.id)}/files`, {
        offset: (page - 1) * PAGE,
        limit: PAGE,
      }),
    enabled: page > 1,
    placeholderData: keepPreviousData,
    refetchInterval: isOver(detail) ? false : 2_000,
  })
  const pages = Math.max(1, Math.ceil(Math.max(detail.files, query.data?.total ?? 0) / PAGE))
  const rows = page === 1 ? detail.fileRows : query.data?.items
  return (
    <section className={classes.section} aria-labelledby="files-title">
      <Title order={2} id="files-title">
        Files
      </Title>
      {page > 1 && query.error && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {rows?.length === 0 ? (
        <Text size="md" c="dimmed">
          {isOver(detail) ? 'No file was there to move.' : 'None yet: the run has not looked for them.'}
        </Text>
      ) : (
        <Rows
          label="Files of the run"
          columns={COLUMNS}
          rows={rows}
          rowKey={file => file.key}
          stale={page > 1 && query.isPlaceholderData}
        />
      )}
      {pages > 1 && (
        <Group justify="space-between" mt="sm">
          <Text size="sm" c="dimmed">
            {plural(detail.files, 'file')}
          </Text>
          <Pagination
            size="sm"
            total={pages}
            value={page}
            onChange={setPage}
            getControlProps={control => ({ 'aria-label': `${control} page` })}
            getItemProps={one => ({ 'aria-label': `Page ${one}` })}
          />
        </Group>
      )}
    </section>
  )
}
