import type { Incident, Overview, Sample } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import { useLive } from '../../live/use-live.ts'
import { useCan } from '../../shell/me.ts'
import { withSample } from './sample-columns.ts'

const SHOWN_FAILURES = 8

/** The node at a glance, and what came since. */
export function useOverview() {
  const query = useQuery({
    queryKey: ['/overview'],
    queryFn: () => api.get<Overview>('/overview'),
    refetchInterval: 10_000,
  })
  const [samples, setSamples] = useState<readonly Sample[]>([])
  const [incidents, setIncidents] = useState<readonly Incident[]>([])
  const canReadLogs = useCan('logs:read')
  const { data } = query
  useEffect(() => {
    if (!data) return
    // The server's history holds what was missed; what came after it stays.
    setSamples(live => live.reduce(withSample, data.history))
    setIncidents([])
  }, [data])
  useLive(canReadLogs ? ['sample', 'incident'] : ['sample'], {
    sample: sample => setSamples(before => withSample(before, sample)),
    incident: incident => setIncidents(before => [incident, ...before].slice(0, SHOWN_FAILURES)),
  })
  const known = new Set(incidents.map(({ id }) => id))
  return {
    query,
    samples,
    now: samples.at(-1) ?? data?.now,
    failures: [...incidents, ...(data?.failures ?? []).filter(({ id }) => !known.has(id))].slice(
      0,
      SHOWN_FAILURES,
    ),
  }
}
