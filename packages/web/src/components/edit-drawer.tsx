import { Drawer } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { ConfirmModal } from './confirm.tsx'

interface Editing {
  /** Tells that there is something that is not saved. */
  readonly onDirty: () => void
  /** Closes it without asking. */
  readonly onLeave: () => void
}

interface EditDrawerProps {
  readonly opened: boolean
  readonly title: ReactNode
  /** What is edited, such as `segment`: changes of it would be lost. */
  readonly what: string
  /** Default `lg`. */
  readonly size?: 'md' | 'lg' | 'xl'
  readonly onClose: () => void
  /** The form, made only while it is open. */
  readonly children: (editing: Editing) => ReactNode
}

/** A drawer with a form, which asks before changes are lost. */
export function EditDrawer({ opened, title, what, size = 'lg', onClose, children }: EditDrawerProps) {
  const [dirty, setDirty] = useState(false)
  const [asking, setAsking] = useState(false)
  const leave = () => {
    setDirty(false)
    onClose()
  }
  return (
    <>
      <Drawer
        opened={opened}
        onClose={() => (dirty ? setAsking(true) : leave())}
        title={title}
        size={size}
        closeOnClickOutside={!dirty}
      >
        {opened && children({ onDirty: () => setDirty(true), onLeave: leave })}
      </Drawer>
      <ConfirmModal
        opened={asking}
        title="Close without saving?"
        verb="Close"
        danger
        onClose={() => setAsking(false)}
        onConfirm={async () => leave()}
      >
        The changes of the {what} are lost.
      </ConfirmModal>
    </>
  )
}
