import { Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'
import { agoText, bytesText, durationText, timeText, zoneText } from '../format/format.ts'

/** The time of now, told again every `everyMs`. Rests while the page is hidden. */
export function useNow(everyMs = 10_000): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now())
    }, everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** A moment by its distance, with the exact time on hover and focus. */
export function TimeAgo({ at, absent = 'never' }: { at: number | undefined; absent?: string }) {
  const now = useNow()
  if (at === undefined) return <span className="dimmed">{absent}</span>
  return (
    <Tooltip label={`${timeText(at)} ${zoneText(at)}`}>
      <time dateTime={new Date(at).toISOString()}>{agoText(at, now)}</time>
    </Tooltip>
  )
}

/** A moment to the second, for logs, with the distance on hover. */
export function Time({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={`${agoText(at, Date.now())}, ${zoneText(at)}`}>
      {timeText(at)}
    </time>
  )
}

/** A number of bytes, exact on hover. */
export function Bytes({ value }: { value: number }) {
  return (
    <span className="tabular" title={`${value.toLocaleString('en')} bytes`}>
      {bytesText(value)}
    </span>
  )
}

/** A span of time in milliseconds, exact on hover. */
export function Duration({ ms }: { ms: number }) {
  return (
    <span className="tabular" title={`${Math.round(ms).toLocaleString('en')} ms`}>
      {durationText(ms)}
    </span>
  )
}
