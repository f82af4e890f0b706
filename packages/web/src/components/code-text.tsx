import type { ReactNode } from 'react'
import classes from './code-text.module.css'

/** A path, an address, a name of the protocol: text that is read letter by letter. */
export const CodeText = ({ children, title }: { children: ReactNode; title?: string }) => (
  <code className={classes.code} title={title}>
    {children}
  </code>
)
