import { useState } from 'react'
import { useLive } from '../../live/use-live.ts'
import { applyLive, type LiveRows } from './live-rows.ts'

/** The sessions as they come and go; undefined until the server has told all of them. */
export function useLiveSessions(): LiveRows | undefined {
  const [rows, setRows] = useState<LiveRows>()
  useLive(['sessions'], {
    sessions: event => {
      const at = Date.now()
      // What changed since an event that was missed says nothing: the stream begins with all.
      setRows(before =>
        before === undefined && !event.all ? before : applyLive(before ?? new Map(), event, at),
      )
    },
  })
  return rows
}
