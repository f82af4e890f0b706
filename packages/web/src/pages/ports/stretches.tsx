import { VisuallyHidden } from '@mantine/core'
import { countPorts, type PortMap, type Stretch } from './port-map.ts'
import classes from './ports.module.css'

interface StretchesProps {
  readonly map: PortMap
  readonly parts: readonly Stretch[]
  readonly chosen: Stretch
  readonly onChoose: (index: number) => void
}

/** A wide range in stretches, each with how busy it is; one is shown at a time. */
export function Stretches({ map, parts, chosen, onChoose }: StretchesProps) {
  return (
    <nav className={classes.stretches} aria-label="Stretches of the range">
      {parts.map(({ first, count }, index) => {
        const counts = countPorts(map, first, count)
        const busy = counts.reserved + counts['in-use']
        return (
          <button
            key={first}
            type="button"
            aria-current={first === chosen.first ? 'true' : undefined}
            onClick={() => onChoose(index)}
          >
            <span>
              {first}
              <VisuallyHidden> to {first + count - 1}, </VisuallyHidden>
            </span>
            <small>
              {busy > 0 ? `${busy} busy` : 'free'}
              {counts.failed > 0 && <b> {counts.failed} ✕</b>}
            </small>
          </button>
        )
      })}
    </nav>
  )
}
