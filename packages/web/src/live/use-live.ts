import type {
  Incident,
  LiveMembers,
  LiveSessions,
  LiveStreams,
  LiveTopic,
  PortsView,
  Run,
  Sample,
  Transfer,
} from '@portolan/console/contract'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { apiUrl } from '../api/client.ts'
import { LiveConnection, type LiveState, type Source } from './live-connection.ts'

/** A page that nobody looks at keeps its stream this long. */
const REST_AFTER_MS = 60_000

const connection = new LiveConnection(topics => {
  const source: Source = new EventSource(apiUrl('/live', { topics: topics.join(',') }))
  return source
})

let hiding: ReturnType<typeof setTimeout> | undefined
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding)
  if (document.hidden) hiding = setTimeout(() => connection.rest(true), REST_AFTER_MS)
  else connection.rest(false)
})

/** What each topic tells. */
interface LiveEvents {
  readonly sample: Sample
  readonly sessions: LiveSessions
  readonly ports: PortsView
  readonly incident: Incident
  readonly transfer: Transfer
  readonly run: Run
  readonly stream: LiveStreams
  readonly members: LiveMembers
}

type Handlers = { readonly [Topic in LiveTopic]?: (data: LiveEvents[Topic]) => void }

/**
 * Listens to live figures for as long as the component is there. The handlers may be new in every render. With an empty
 * list of topics it does not listen.
 */
export function useLive(topics: readonly LiveTopic[], handlers: Handlers): void {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  const key = topics.join(',')
  useEffect(() => {
    if (key === '') return
    return connection.subscribe(key.split(',') as LiveTopic[], (topic, data) => {
      const handle = latest.current[topic] as ((data: unknown) => void) | undefined
      handle?.(data)
    })
  }, [key])
}

/** Whether figures come in; see {@link LiveState}. */
export const useLiveState = (): LiveState =>
  useSyncExternalStore(
    listener => connection.watch(listener),
    () => connection.state,
  )
