import { Link, Outlet } from '@tanstack/react-router'
import frame from './app-frame.module.css'
import { useFocusAfterNavigation } from './app-frame.tsx'
import { CompassRose } from './compass-rose.tsx'
import classes from './files-frame.module.css'
import { Shortcuts } from './shortcuts.tsx'
import { UserMenu } from './user-menu.tsx'

/** The light frame of an FTP user who looks at files. */
export function FilesFrame() {
  const main = useFocusAfterNavigation()
  return (
    <>
      <a href="#main" className={frame.skip}>
        Skip to the content
      </a>
      <header className={`${frame.header} ${classes.header}`}>
        <Link to="/files" className={frame.brand}>
          <CompassRose />
          <span>Portolan</span>
        </Link>
        <span className={frame.grow} />
        <UserMenu />
      </header>
      <main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
      <Shortcuts />
    </>
  )
}
