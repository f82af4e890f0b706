import { Kbd, Modal, TextInput, Tooltip, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { maySee } from './guard.ts'
import { matchPages } from './match-pages.ts'
import { useMe } from './me.ts'
import { PAGES } from './pages.ts'
import classes from './quick-navigation.module.css'

/** Goes to a page by typing its name. Ctrl+K opens it. */
export function QuickNavigation() {
  const [opened, { open, close }] = useDisclosure(false)
  useHotkeys([['mod+K', open]], [])
  return (
    <>
      <Tooltip label="Go to a page">
        <UnstyledButton className={classes.target} onClick={open}>
          <IconSearch size={16} aria-hidden />
          <VisuallyHidden>Go to a page</VisuallyHidden>
          <Kbd size="xs" className={classes.key}>
            Ctrl K
          </Kbd>
        </UnstyledButton>
      </Tooltip>
      <Modal.Root opened={opened} onClose={close} centered={false} yOffset="12vh" size="sm">
        <Modal.Overlay />
        <Modal.Content aria-label="Go to a page">
          <Modal.Body p={0}>
            <Choices onChosen={close} />
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </>
  )
}

function Choices({ onChosen }: { onChosen: () => void }) {
  const me = useMe()
  const navigate = useNavigate()
  const id = useId()
  const [typed, setTyped] = useState('')
  const [place, setPlace] = useState(0)
  const pages = PAGES.filter(
    page => page.scope !== 'anybody' && !page.path.includes('$') && me !== undefined && maySee(page, me),
  )
  const found = matchPages(pages, typed)
  const at = Math.min(place, found.length - 1)
  const choose = (path: string | undefined) => {
    if (path === undefined) return
    onChosen()
    void navigate({ to: path })
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && found.length > 0) {
      event.preventDefault()
      setPlace((at + step + found.length) % found.length)
    }
    if (event.key === 'Enter') choose(found[at]?.path)
  }
  return (
    <>
      <TextInput
        size="md"
        variant="unstyled"
        className={classes.input}
        data-autofocus
        placeholder="Go to a page …"
        aria-label="Page"
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        leftSection={<IconSearch size={17} aria-hidden />}
        value={typed}
        onKeyDown={onKeyDown}
        onChange={event => {
          setTyped(event.currentTarget.value)
          setPlace(0)
        }}
      />
      <div role="listbox" id={id} aria-label="Pages" className={classes.list}>
        {found.map(({ path, title, group, icon: Icon }, index) => (
          <UnstyledButton
            key={path}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            className={classes.option}
            onMouseEnter={() => setPlace(index)}
            onClick={() => choose(path)}
          >
            <Icon size={17} stroke={1.7} />
            <span>{title}</span>
            <span className={classes.group}>{group}</span>
          </UnstyledButton>
        ))}
        {found.length === 0 && <p className={classes.none}>No page has that in its name.</p>}
      </div>
    </>
  )
}
