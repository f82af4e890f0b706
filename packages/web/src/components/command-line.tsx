import classes from './command-line.module.css'
import { CopyButton } from './copy-button.tsx'

/** A line for a terminal, to copy. */
export function CommandLine({ text, what }: { text: string; what: string }) {
  return (
    <div className={classes.root}>
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </div>
  )
}
