import { Kbd, Modal, Table } from '@mantine/core'
import { useDisclosure, useWindowEvent } from '@mantine/hooks'
import { useEffect } from 'react'

const OPEN = 'portolan:shortcuts'

/** Opens the list of keys from anywhere. */
export const openShortcuts = (): void => void window.dispatchEvent(new Event(OPEN))

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['Ctrl', 'K'], 'Go to a page by its name'],
  [['/'], 'Jump to the search of the list'],
  [['?'], 'This list'],
  [['Tab'], 'The next field, button or row; Enter opens it'],
  [['Esc'], 'Close what is open'],
]

function focusSearch(): boolean {
  const input = document.querySelector<HTMLInputElement>('[data-search-input]')
  input?.focus()
  return input !== null
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null

/** The keys of the console, and what they do. */
export function Shortcuts() {
  const [opened, { open, close }] = useDisclosure(false)
  useWindowEvent('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    // By what the key writes: on some keyboards both need Shift, on others neither does.
    if (event.key === '?') open()
    if (event.key === '/' && focusSearch()) event.preventDefault()
  })
  useEffect(() => {
    window.addEventListener(OPEN, open)
    return () => window.removeEventListener(OPEN, open)
  }, [open])
  return (
    <Modal opened={opened} onClose={close} title="Keyboard">
      <Table aria-label="Keys">
        <Table.Tbody>
          {KEYS.map(([keys, what]) => (
            <Table.Tr key={what}>
              <Table.Td w={110}>
                {keys.map(key => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  )
}
