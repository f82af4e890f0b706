import { Anchor, Paper, Text, Title } from '@mantine/core'
import type { PortsView } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { countText, plural } from '../../format/format.ts'
import { PortList } from './port-list.tsx'
import {
  busyPorts,
  countPorts,
  PORT_STATES,
  portMap,
  STATE_LETTER,
  STATE_WORD,
  stretches,
} from './port-map.ts'
import { PortPicture } from './port-picture.tsx'
import classes from './ports.module.css'
import type { PortsLook } from './ports-page.tsx'
import { Stretches } from './stretches.tsx'

interface RangeViewProps {
  readonly kind: 'passive' | 'active'
  readonly range: PortsView['passive'] | PortsView['active']
  readonly look: PortsLook
}

/** One range: how many ports are in which state, and each of them. */
export function RangeView({ kind, range, look }: RangeViewProps) {
  const map = useMemo(() => portMap(range), [range])
  const parts = useMemo(() => (map ? stretches(map) : []), [map])
  const [chosen, setChosen] = useState(0)
  const stretch = parts[chosen] ?? parts[0]
  const busy = useMemo(() => busyPorts(range?.ports ?? []), [range])
  const title = kind === 'passive' ? 'Passive mode' : 'Active mode'
  return (
    <Paper component="section" className={classes.section} aria-labelledby={`${kind}-title`}>
      <header className={classes.head}>
        <Title order={2} id={`${kind}-title`}>
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {map
            ? `ports ${map.basePort} to ${map.basePort + map.numberOfPorts - 1}, ${plural(map.numberOfPorts, 'port')}`
            : range
              ? 'the system chooses a source port for each data connection'
              : 'switched off'}
        </Text>
        <Anchor component={Link} to={`/ftp-settings?field=${kind}.basePort`} size="sm" ml="auto">
          Settings
        </Anchor>
      </header>
      {map && <Legend counts={countPorts(map)} />}
      {map && look === 'picture' && stretch && (
        <>
          {parts.length > 1 && <Stretches map={map} parts={parts} chosen={stretch} onChoose={setChosen} />}
          <PortPicture
            key={stretch.first}
            map={map}
            stretch={stretch}
            label={`${title}, ports ${stretch.first} to ${stretch.first + stretch.count - 1}`}
          />
        </>
      )}
      {range && (look === 'list' || !map) && (
        <PortList ports={busy} label={`Ports of ${title.toLowerCase()} that are not free`} />
      )}
    </Paper>
  )
}

/** The states with their look and how many ports are in each. */
function Legend({ counts }: { counts: ReturnType<typeof countPorts> }) {
  return (
    <ul className={classes.legend} aria-label="States">
      {[...PORT_STATES].reverse().map(state => (
        <li key={state}>
          <span className={classes.cell} data-state={state} aria-hidden="true">
            {STATE_LETTER[state]}
          </span>
          {STATE_WORD[state]} <b>{countText(counts[state])}</b>
        </li>
      ))}
    </ul>
  )
}
