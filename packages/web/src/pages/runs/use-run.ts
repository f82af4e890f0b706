import type { RunDetail } from '@portolan/console/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useLive } from '../../live/use-live.ts'
import { isOver, type LiveRun, newer, withRun } from './live-runs.ts'

/** Files and timeline are asked for so often while a run is not over, in milliseconds; the rest comes live. */
const LOOK_MS = 2_000

/** A run as it is now: facts live, files and timeline every two seconds until it is over. */
export function useRun(id: string) {
  const path = `/runs/${encodeURIComponent(id)}`
  const client = useQueryClient()
  const [live, setLive] = useState<LiveRun>()
  const query = useQuery({
    queryKey: ['/runs', id],
    queryFn: () => api.get<RunDetail>(path),
    refetchInterval: ({ state: { data } }) => (data && isOver(data) ? false : LOOK_MS),
  })
  useLive(['run'], {
    run: run => {
      if (run.id !== id) return
      setLive(before => withRun(new Map(before ? [[id, before]] : []), run, Date.now()).get(id))
      if (isOver(run)) void client.invalidateQueries({ queryKey: ['/runs', id] })
    },
  })
  const { data } = query
  const told = live?.run.id === id ? live : undefined
  return {
    query,
    detail: data && { ...data, ...newer(data, told?.run) },
    rate: told?.rate,
  }
}
