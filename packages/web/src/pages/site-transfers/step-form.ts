import type { LocalPlace, PostAction, Step } from '@portolan/console/contract'
import { type Keyed, keyed } from '../../components/keyed.ts'

/** A place of this server as its fields hold it. `cause` is the file that made the run begin. */
export interface PlaceForm {
  readonly kind: 'cause' | 'user' | 'folder'
  readonly user: string
  readonly path: string
  readonly folder: string
}

/** What becomes of a file, as its fields hold it. */
export interface PostForm {
  readonly do: PostAction['do']
  readonly to: string
}

/** A step as its card holds it: the fields of every kind, so that changing the kind back loses nothing. */
export interface StepForm {
  readonly do: Step['do']
  readonly site: string
  readonly place: PlaceForm
  readonly pattern: string
  readonly subfolders: boolean
  /** The folder at the site. */
  readonly remote: string
  readonly as: string
  readonly onExists: 'replace' | 'skip' | 'fail'
  readonly verify: 'checksum' | 'size'
  readonly remember: 'name-size-time' | 'checksum' | 'always'
  readonly quietSeconds: number | string
  readonly onSuccess: PostForm
  readonly onFailure: PostForm
  readonly remoteOnSuccess: PostForm
  readonly remoteOnFailure: PostForm
  readonly renameTo: string
  readonly format: 'gzip' | 'zstd'
  readonly algorithm: 'sha256' | 'sha512' | 'md5'
  readonly url: string
  readonly mailTo: readonly string[]
  readonly subject: string
  readonly text: string
  readonly program: string
  /** One on each line. */
  readonly arguments: string
}

const NOTHING: PostForm = { do: 'nothing', to: '' }
const EMPTY: StepForm = {
  do: 'push',
  site: '',
  place: { kind: 'cause', user: '', path: '/', folder: '' },
  pattern: '*',
  subfolders: false,
  remote: '',
  as: '{name}',
  onExists: 'replace',
  verify: 'checksum',
  remember: 'name-size-time',
  quietSeconds: 5,
  onSuccess: NOTHING,
  onFailure: NOTHING,
  remoteOnSuccess: NOTHING,
  remoteOnFailure: NOTHING,
  renameTo: '',
  format: 'gzip',
  algorithm: 'sha256',
  url: '',
  mailTo: [],
  subject: '{transfer} has run',
  text: '',
  program: '',
  arguments: '',
}

/** A new step of a kind. */
export const emptyStep = (kind: Step['do']): Keyed<StepForm> =>
  keyed(
    kind === 'pull'
      ? { ...EMPTY, do: kind, place: { ...EMPTY.place, kind: 'user' as const } }
      : { ...EMPTY, do: kind },
  )

/** A card with another kind. A pull has no file that caused it to put anything into. */
export function withKind(form: Keyed<StepForm>, kind: Step['do']): Keyed<StepForm> {
  const place =
    kind === 'pull' && form.place.kind === 'cause' ? { ...form.place, kind: 'user' as const } : form.place
  return { ...form, do: kind, place }
}

export function formOfPlace(place: LocalPlace | undefined): PlaceForm {
  if (place === undefined) return EMPTY.place
  return 'user' in place
    ? { kind: 'user', user: place.user, path: place.path, folder: '' }
    : { kind: 'folder', user: '', path: '/', folder: place.folder }
}

/** The place as the API takes it; undefined for the file of the cause. */
export function placeOfForm({ kind, user, path, folder }: PlaceForm): LocalPlace | undefined {
  if (kind === 'cause') return undefined
  return kind === 'user' ? { user: user.trim(), path: path.trim() } : { folder: folder.trim() }
}

const formOfPost = (action: PostAction): PostForm => ({ do: action.do, to: 'to' in action ? action.to : '' })

function postOfForm({ do: what, to }: PostForm): PostAction {
  return what === 'move' || what === 'rename' ? { do: what, to: to.trim() } : { do: what }
}

/** What a card opens with. */
export function formOfStep(step: Step): Keyed<StepForm> {
  switch (step.do) {
    case 'push':
      return keyed({
        ...EMPTY,
        ...shared(step),
        remote: step.to,
        place: formOfPlace(step.from),
        onFailure: formOfPost(step.onFailure),
      })
    case 'pull':
      return keyed({
        ...EMPTY,
        ...shared(step),
        remote: step.from,
        place: formOfPlace(step.to),
        remember: step.remember,
        quietSeconds: step.quietSeconds,
        remoteOnFailure: formOfPost(step.remoteOnFailure),
      })
    case 'rename':
      return keyed({ ...EMPTY, do: step.do, renameTo: step.to })
    case 'delete':
      return keyed({ ...EMPTY, do: step.do })
    case 'compress':
      return keyed({ ...EMPTY, do: step.do, format: step.format })
    case 'checksum-file':
      return keyed({ ...EMPTY, do: step.do, algorithm: step.algorithm })
    case 'webhook':
      return keyed({ ...EMPTY, do: step.do, url: step.url })
    case 'mail':
      return keyed({ ...EMPTY, do: step.do, mailTo: step.to, subject: step.subject, text: step.text })
    case 'program':
      return keyed({ ...EMPTY, do: step.do, program: step.program, arguments: step.arguments.join('\n') })
  }
}

function shared(step: Extract<Step, { do: 'push' | 'pull' }>) {
  return {
    do: step.do,
    site: step.site,
    pattern: step.pattern,
    subfolders: step.subfolders,
    as: step.as,
    onExists: step.onExists,
    verify: step.verify,
    onSuccess: formOfPost(step.onSuccess),
    remoteOnSuccess: formOfPost(step.remoteOnSuccess),
  }
}

/** The step as the API takes it. */
export function stepOfForm(form: StepForm): Step {
  const moved = {
    site: form.site,
    pattern: form.pattern.trim(),
    subfolders: form.subfolders,
    as: form.as.trim(),
    onExists: form.onExists,
    verify: form.verify,
    onSuccess: postOfForm(form.onSuccess),
    remoteOnSuccess: postOfForm(form.remoteOnSuccess),
  }
  switch (form.do) {
    case 'push': {
      const from = placeOfForm(form.place)
      const onFailure = postOfForm(form.onFailure)
      return { do: 'push', ...moved, to: form.remote.trim(), ...(from && { from }), onFailure }
    }
    case 'pull': {
      const to = placeOfForm(form.place) ?? { user: '', path: '/' }
      const remoteOnFailure = postOfForm(form.remoteOnFailure)
      const { remember } = form
      const quietSeconds = Number(form.quietSeconds)
      return { do: 'pull', ...moved, from: form.remote.trim(), to, remember, quietSeconds, remoteOnFailure }
    }
    case 'rename':
      return { do: 'rename', to: form.renameTo.trim() }
    case 'delete':
      return { do: 'delete' }
    case 'compress':
      return { do: 'compress', format: form.format }
    case 'checksum-file':
      return { do: 'checksum-file', algorithm: form.algorithm }
    case 'webhook':
      return { do: 'webhook', url: form.url.trim() }
    case 'mail':
      return { do: 'mail', to: [...form.mailTo], subject: form.subject, text: form.text }
    case 'program':
      return {
        do: 'program',
        program: form.program.trim(),
        arguments: form.arguments.split('\n').filter(line => line !== ''),
      }
  }
}

const POSTS = ['onSuccess', 'onFailure', 'remoteOnSuccess', 'remoteOnFailure'] as const

const FIELDS: Readonly<Record<Step['do'], readonly string[]>> = {
  push: [
    'site',
    'from',
    'from.user',
    'from.path',
    'from.folder',
    'pattern',
    'to',
    'as',
    'onExists',
    'verify',
  ],
  pull: [
    'site',
    'from',
    'pattern',
    'to',
    'to.user',
    'to.path',
    'to.folder',
    'as',
    'onExists',
    'verify',
    'remember',
    'quietSeconds',
  ],
  rename: ['to'],
  delete: [],
  compress: ['format'],
  'checksum-file': ['algorithm'],
  webhook: ['url'],
  mail: ['to', 'subject', 'text'],
  program: ['program', 'arguments'],
}

/** The fields of steps at which a mistake can stand, as the API names them. `steps.0` is the card itself. */
export function fieldsOfSteps(list: string, steps: readonly Pick<StepForm, 'do'>[]): readonly string[] {
  return steps.flatMap((step, at) => {
    const posts = step.do === 'push' || step.do === 'pull' ? POSTS : []
    const names = [...FIELDS[step.do], ...posts, ...posts.map(post => `${post}.to`)]
    return [`${list}.${at}`, ...names.map(name => `${list}.${at}.${name}`)]
  })
}
