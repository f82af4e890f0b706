import classes from './secret.module.css'

/** A long secret to copy, which is shown once. */
export const Secret = ({ text }: { text: string }) => <code className={classes.secret}>{text}</code>
