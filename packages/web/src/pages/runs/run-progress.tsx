import { Progress } from '@mantine/core'
import type { Run } from '@portolan/console/contract'
import { bytesText, countText, durationText, rateText } from '../../format/format.ts'
import { isOver, leftMs, percentOf } from './live-runs.ts'
import classes from './runs.module.css'

const COLOURS: Readonly<Record<Run['state'], string>> = {
  waiting: 'gray',
  running: 'navy',
  retrying: 'yellow',
  succeeded: 'green',
  failed: 'red',
  cancelled: 'gray',
}

/** How far a run is: a bar, its files and bytes, and while it runs its rate and the time left. */
export function RunProgress({ run, rate }: { run: Run; rate?: number | undefined }) {
  const percent = percentOf(run)
  const left = leftMs(run, rate)
  const parts = [
    run.files > 0 &&
      `${countText(run.filesDone)} of ${countText(run.files)} ${run.files === 1 ? 'file' : 'files'}`,
    run.bytesTotal > 0 &&
      (isOver(run) && run.bytes === run.bytesTotal
        ? bytesText(run.bytes)
        : `${bytesText(run.bytes)} of ${bytesText(run.bytesTotal)}`),
    rate !== undefined && rateText(rate),
    left !== undefined && `${durationText(Math.ceil(left / 1000) * 1000)} left`,
  ].filter(part => part !== false)
  if (parts.length === 0) return <span className="dimmed">{isOver(run) ? 'no files' : '–'}</span>
  return (
    <div className={classes.progress}>
      <Progress
        size="sm"
        value={percent}
        color={COLOURS[run.state]}
        aria-label={`Progress of ${run.transfer}`}
      />
      <span className="tabular">{parts.join(' · ')}</span>
    </div>
  )
}
