import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const shell = dirname(fileURLToPath(import.meta.url))
const sources = dirname(shell)
const sheets = join(dirname(fileURLToPath(import.meta.resolve('@mantine/core/styles.css'))), 'styles')

/** Names that a file takes from @mantine/core. */
function takenFrom(text: string): readonly string[] {
  return [...text.matchAll(/import (?:type )?\{([^}]*)\} from '@mantine\/core'/g)].flatMap(([, names = '']) =>
    names.split(',').map(name => name.replace(/\btype\b|\bas\b.*/g, '').trim()),
  )
}

const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter(file =>
  file.endsWith('.tsx'),
)
const imported = [...readFileSync(join(shell, 'mantine.css'), 'utf8').matchAll(/styles\/([\w-]+)\.css/g)].map(
  ([, name = '']) => name,
)

test('the styles of every component that is used are there', () => {
  const used = new Set(files.flatMap(file => takenFrom(readFileSync(join(sources, file), 'utf8'))))
  const missing = [...used].filter(
    name => existsSync(join(sheets, `${name}.css`)) && !imported.includes(name),
  )
  assert.ok(used.has('Button') && used.has('Table'), 'no component was found at all')
  assert.deepEqual(missing, [], 'add them to mantine.css, at their place in the order')
})

test('the styles stand in the order of the whole sheet', () => {
  const whole = readFileSync(join(dirname(sheets), 'styles.css'), 'utf8')
  const places = imported.map(name =>
    whole.indexOf(
      readFileSync(join(sheets, `${name}.css`), 'utf8')
        .trim()
        .slice(0, 200),
    ),
  )
  assert.ok(places.every(place => place >= 0))
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  )
})
