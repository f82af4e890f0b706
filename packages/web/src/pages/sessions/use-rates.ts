import type { SessionDetail } from '@portolan/console/contract'
import { useEffect, useState } from 'react'
import { emptySeries, type RateSeries, withReading } from './rate-series.ts'

/** Rates of the open data connections of a session, by {@link connectionKey}, from what each look at it tells. */
export function useRates(
  detail: SessionDetail | undefined,
  lookedAt: number,
): ReadonlyMap<string, RateSeries> {
  const [rates, setRates] = useState<ReadonlyMap<string, RateSeries>>(new Map())
  useEffect(() => {
    if (!detail) return
    setRates(
      before =>
        new Map(
          detail.dataConnections
            .filter(one => !one.ended)
            .map(one => {
              const key = connectionKey(one)
              const begun = before.get(key) ?? withReading(emptySeries, { at: one.since, bytes: 0 })
              return [key, withReading(begun, { at: lookedAt, bytes: one.bytes })]
            }),
        ),
    )
  }, [detail, lookedAt])
  return rates
}

/** What tells a data connection from the others of its session. */
export const connectionKey = (one: SessionDetail['dataConnections'][number]): string =>
  `${one.since} ${one.local} ${one.remote} ${one.command}`
