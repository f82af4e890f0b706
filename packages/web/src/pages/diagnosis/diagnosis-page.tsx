import { Select, Skeleton, Stack, Text } from '@mantine/core'
import type { Diagnosis } from '@portolan/console/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { EmptyView } from '../../components/empty-view.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { countText, plural } from '../../format/format.ts'
import { DiagnosisGroupView } from './diagnosis-group.tsx'
import { FromOutside } from './from-outside.tsx'
import { hoursOf, RANGES, rangeText } from './ranges.ts'

/** Why data connections failed lately, by cause. */
export default function DiagnosisPage() {
  const search: Readonly<Record<string, string | undefined>> = useSearch({ strict: false })
  const navigate = useNavigate()
  const hours = hoursOf(search.hours)
  const query = useQuery({
    queryKey: ['/diagnosis', hours],
    queryFn: () => api.get<Diagnosis>('/diagnosis', { hours }),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })
  const { data, error } = query
  return (
    <>
      <PageHeader
        title="Diagnosis"
        description="Data connections that failed, grouped by what most likely caused it, with what to change."
        actions={
          <Select
            aria-label="How far back to look"
            w={170}
            allowDeselect={false}
            data={RANGES.map(one => ({ value: String(one.hours), label: one.label }))}
            value={String(hours)}
            onChange={value =>
              void navigate({ to: '.', search: { hours: value ?? '24' } as never, replace: true })
            }
          />
        }
      />
      <Stack gap="md">
        {error && !data && <ErrorView error={error} onRetry={() => void query.refetch()} />}
        {!data && !error && <Skeleton height={280} radius="md" aria-busy="true" />}
        {data && <Summary diagnosis={data} />}
        {data?.groups.map(group => (
          <DiagnosisGroupView key={group.code} group={group} />
        ))}
        <FromOutside />
      </Stack>
    </>
  )
}

/** What was looked at, and that there is nothing where there is nothing. */
function Summary({ diagnosis: { groups, examined, complete, transfers, hours } }: { diagnosis: Diagnosis }) {
  if (groups.length === 0) {
    return (
      <EmptyView
        text={
          <>
            No data connection failed in {rangeText(hours)}.{' '}
            {plural(transfers, 'transfer was', 'transfers were')} complete;{' '}
            {plural(examined, 'incident was', 'incidents were')} looked at.
          </>
        }
      />
    )
  }
  return (
    <>
      <Text size="md" c="dimmed" role="status">
        {plural(examined, 'failure')} of {rangeText(hours)} in {plural(groups.length, 'group')};{' '}
        {countText(transfers)} transfers were complete meanwhile.
      </Text>
      {!complete && (
        <Notice tone="warn">
          There were more failures than were looked at. A shorter time gives a whole picture.
        </Notice>
      )}
    </>
  )
}
