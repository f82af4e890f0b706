import { SegmentedControl, Skeleton, Text } from '@mantine/core'
import type { PortsView } from '@portolan/console/contract'
import { useState } from 'react'
import { ErrorView } from '../../components/error-view.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { plural } from '../../format/format.ts'
import { RangeView } from './range-view.tsx'
import { usePorts } from './use-ports.ts'

export type PortsLook = 'picture' | 'list'

/** The ports of data connections, each with its state. */
export default function PortsPage() {
  const { data, error, refetch } = usePorts()
  const [look, setLook] = useState<PortsLook>('picture')
  return (
    <>
      <PageHeader
        title="Ports"
        description="The ports of data connections as they are now: who is waited for on each, and which session uses it."
        actions={
          <SegmentedControl
            size="sm"
            aria-label="How the ports are shown"
            data={[
              { value: 'picture', label: 'Picture' },
              { value: 'list', label: 'List' },
            ]}
            value={look}
            onChange={value => setLook(value === 'list' ? 'list' : 'picture')}
          />
        }
      />
      {error && !data && <ErrorView error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton height={360} radius="md" aria-busy="true" />}
      {data && <Waiting view={data} />}
      {data && (
        <>
          <RangeView kind="passive" range={data.passive} look={look} />
          <RangeView kind="active" range={data.active} look={look} />
        </>
      )}
    </>
  )
}

function Waiting({ view: { waiting } }: { view: PortsView }) {
  if (waiting === 0) return null
  return (
    <Notice spaced tone="warn" role="status">
      <Text size="md">
        {plural(waiting, 'session waits', 'sessions wait')} for a free passive port. More ports, or a shorter
        accept timeout, would help.
      </Text>
    </Notice>
  )
}
