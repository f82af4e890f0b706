import type { SettingDifference } from '@portolan/console/contract'
import { Fragment } from 'react'
import classes from './difference.module.css'

/** Settings that are not what they were: before and after, side by side. */
export function DifferenceTable({ difference }: { difference: readonly SettingDifference[] }) {
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label="What changes">
        <thead>
          <tr>
            <th>Setting</th>
            <th>Before</th>
            <th>After</th>
          </tr>
        </thead>
        <tbody>
          {difference.map(({ path, before, after }) => (
            <tr key={path}>
              <td>
                <code>{breakable(path)}</code>
              </td>
              <td className={classes.before}>{before === undefined ? <i>absent</i> : <del>{before}</del>}</td>
              <td className={classes.after}>{after === undefined ? <i>absent</i> : <ins>{after}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A path that breaks at its dots. */
const breakable = (path: string) =>
  path.split(/(?=[.[])/).map((part, place, parts) => (
    <Fragment key={parts.slice(0, place + 1).join('')}>
      {part}
      <wbr />
    </Fragment>
  ))
