import { Anchor } from '@mantine/core'
import type { RunState } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import { Status, type Tone } from '../../components/status.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'

const TONES: Readonly<Record<RunState, Tone>> = {
  waiting: 'idle',
  running: 'info',
  retrying: 'warn',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'off',
}

/** Where a run is in its life. */
export const RunStatus = ({ state }: { state: RunState }) => <Status tone={TONES[state]}>{state}</Status>

/** The last run of a site or a transfer, with the way to it. */
export function LastRun({ run }: { run: { id: string; state: RunState; at: number } | undefined }) {
  if (!run) return <span className="dimmed">never</span>
  return (
    <Anchor component={Link} to={`/runs/${encodeURIComponent(run.id)}`} inherit underline="never">
      <RunStatus state={run.state} /> <TimeAgo at={run.at} />
    </Anchor>
  )
}
