import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { found, testSite, testTransfer, testZone } from './testing-values.ts'
import { checkTransfer, type TransferContext } from './transfer.ts'

const CONTEXT: TransferContext = {
  sites: [
    testSite(),
    testSite({ name: 'off', enabled: false }),
    testSite({ name: 'active', enableActiveMode: true }),
  ],
  zones: [],
  transfers: [
    testTransfer({ name: 'first' }),
    testTransfer({ name: 'a', trigger: { on: 'run-ended', transfer: 'b' } }),
    testTransfer({ name: 'b', trigger: { on: 'run-ended', transfer: 'send' } }),
  ],
  programs: ['scan'],
  users: ['alice', 'bob'],
}

const FOLDER = { folder: '/srv/out' }
const PLACE = { user: 'alice', path: '/outbox' }
const ARRIVAL = { on: 'arrival', place: PLACE }
const PUSH = { do: 'push', site: 'partner' }
const PUSH_FROM = { ...PUSH, from: FOLDER }
const PULL = { do: 'pull', site: 'partner', to: { folder: '/srv/in' } }
const HOOK = { do: 'webhook', url: 'http://127.0.0.1/' }
const DAILY = { cron: '0 0 * * *' }

/** A transfer that works, with something else in it. */
const judge = (more: Record<string, unknown>) =>
  found(checkTransfer({ name: 'send', trigger: ARRIVAL, steps: [PUSH], ...more }, CONTEXT))

type Row = readonly [title: string, more: Record<string, unknown>, ...expected: RegExp[]]

const REFUSED: readonly Row[] = [
  ['no steps', { steps: [] }, /^steps: needs at least one step/],
  ['a step that is not known', { steps: [{ do: 'copy' }] }, /^steps\[0\]\.do: is not known/],
  [
    'a mistyped key of a step',
    { steps: [{ ...PUSH, folder: 'in' }] },
    /^steps\[0\]\.folder: is not a setting; known here: do, site/,
  ],
  ['a wrong kind of value', { steps: [PUSH, { ...PUSH, to: 7 }] }, /^steps\[1\]\.to: must be a text/],
  ['a place that is neither', { trigger: { on: 'arrival', place: { path: '/a' } } }, /^trigger\.place/],
  ['an unknown site', { steps: [{ ...PUSH, site: 'parner' }] }, /^steps\[0\]\.site: .*did you mean partner/],
  [
    'an unknown user',
    { trigger: { on: 'arrival', place: { user: 'alic', path: '/' } } },
    /^trigger\.place\.user: .*alice/,
  ],
  [
    'an unknown user of a step',
    { steps: [{ ...PULL, to: { user: 'carol', path: '/' } }] },
    /^steps\[0\]\.to\.user: .*is not there$/,
  ],
  [
    'a place with ..',
    { trigger: { on: 'watch', place: { folder: '/srv/../etc' } } },
    /^trigger\.place\.folder: .*without \.\./,
  ],
  [
    'a program that is not allowed',
    { steps: [{ do: 'program', program: 'sh' }] },
    /^steps\[0\]\.program: .*known: scan/,
  ],
  [
    'a pattern of the trigger',
    { trigger: { ...ARRIVAL, pattern: '/(/' } },
    /^trigger\.pattern: is no regular expression/,
  ],
  ['a pattern of a step', { steps: [{ ...PULL, pattern: ' , ' }] }, /^steps\[0\]\.pattern: must name files/],
  [
    'a schedule',
    { trigger: undefined, steps: [PULL], schedule: { cron: 'x', timeZone: 'y' } },
    /^schedule\.cron/,
    /^schedule\.timeZone/,
  ],
  [
    'a day that is none',
    { trigger: undefined, steps: [PULL], schedule: { ...DAILY, except: ['soon'] } },
    /^schedule\.except\[0\]: must be a date/,
  ],
  [
    'itself as trigger',
    { trigger: { on: 'run-ended', transfer: 'send' }, steps: [HOOK] },
    /^trigger\.transfer: is this transfer itself/,
  ],
  [
    'an unknown transfer as trigger',
    { trigger: { on: 'run-ended', transfer: 'fist' }, steps: [HOOK] },
    /^trigger\.transfer: .*did you mean first/,
  ],
  [
    'a circle of triggers',
    { trigger: { on: 'run-ended', transfer: 'a' }, steps: [HOOK] },
    /^trigger\.transfer: closes a circle.*: send, a, b, send$/,
  ],
  [
    'a placeholder that stands for nothing',
    { steps: [{ ...PUSH, as: '{nmae}' }] },
    /^steps\[0\]\.as: has \{nmae\}, which stands for nothing/,
  ],
  ['a brace too many', { steps: [{ ...PUSH, to: 'in/{' }] }, /^steps\[0\]\.to: has a brace without/],
  [
    'a property that such runs do not have',
    { trigger: undefined, schedule: DAILY, steps: [{ ...PULL, as: '{file.user}' }] },
    /^steps\[0\]\.as: has \{file\.user\}/,
  ],
  [
    'a folder at the site that climbs',
    { steps: [{ ...PUSH, to: '../in' }] },
    /^steps\[0\]\.to: must not lead out/,
  ],
  [
    'a name that climbs',
    { steps: [{ ...PUSH, as: '../{name}' }] },
    /^steps\[0\]\.as: must not lead out .*something like \.\.\/name/,
  ],
  [
    'a name that is absolute',
    { steps: [{ ...PUSH, as: '{folder}/{name}' }] },
    /^steps\[0\]\.as: must stay below/,
  ],
  ['a name that is a folder', { steps: [{ ...PUSH, as: 'in/' }] }, /^steps\[0\]\.as: must end with the name/],
  ['a pull from above', { steps: [{ ...PULL, from: 'a/../..' }] }, /^steps\[0\]\.from: must not lead out/],
  [
    'a move out of the folder of the site',
    { steps: [{ ...PULL, from: 'out', remoteOnSuccess: { do: 'move', to: '../../done' } }] },
    /^steps\[0\]\.remoteOnSuccess\.to: must not lead out/,
  ],
  [
    'a move to nowhere',
    { steps: [{ ...PUSH, onSuccess: { do: 'move' } }] },
    /^steps\[0\]\.onSuccess\.to: is missing/,
  ],
  [
    'a rename to a path',
    { steps: [{ ...PUSH, onSuccess: { do: 'rename', to: '/{name}' } }] },
    /^steps\[0\]\.onSuccess\.to: must stay below/,
  ],
  [
    'a subject of two lines',
    { steps: [{ do: 'mail', to: ['a@b.test'], subject: 'a\nb' }] },
    /^steps\[0\]\.subject: must be one line/,
  ],
  [
    'files that are not there',
    { trigger: undefined, steps: [{ do: 'compress' }, PUSH] },
    /^steps\[0\]\.do: needs files, and there are none yet/,
    /^steps\[1\]\.from: .*say where they come from/,
  ],
  [
    'the file of a trigger in a run of the schedule',
    { schedule: DAILY },
    /^steps\[0\]\.from: .*a run of the schedule has no file/,
  ],
  [
    'files that were deleted',
    { steps: [PUSH, { do: 'delete' }, { do: 'compress' }] },
    /^steps\[2\]\.do: needs files, and step 2 has deleted them/,
  ],
  [
    'files that were deleted once delivered',
    { steps: [{ ...PUSH, onSuccess: { do: 'delete' } }, PUSH] },
    /^steps\[1\]\.from: .*step 1 deletes them once they are delivered/,
  ],
  [
    'the loss of what was not delivered',
    { steps: [{ ...PUSH, onFailure: { do: 'delete' } }] },
    /^steps\[0\]\.onFailure\.do: would delete a file that was not delivered/,
  ],
  [
    'the loss of what was not fetched',
    { steps: [{ ...PULL, remoteOnFailure: { do: 'delete' } }] },
    /^steps\[0\]\.remoteOnFailure\.do: would delete a file that was not fetched/,
  ],
  [
    'the loss of what was just fetched',
    { steps: [{ ...PULL, onSuccess: { do: 'delete' } }] },
    /^steps\[0\]\.onSuccess\.do: .*remoteOnSuccess/,
  ],
  ['steps of failure, too', { onFailure: [{ do: 'program', program: 'sh' }] }, /^onFailure\[0\]\.program/],
  [
    'a condition that compares with nothing',
    { conditions: [{ property: 'file.size', is: 'over', value: 'big' }] },
    /^conditions\[0\]\.value: must be a number/,
  ],
  [
    'a condition with a wrong pattern',
    { conditions: [{ property: 'file.name', is: 'matches', value: '/(/' }] },
    /^conditions\[0\]\.value: is no regular/,
  ],
  [
    'a range that ends before it begins',
    { conditions: [{ property: 'file.size', is: 'within', value: '9-1' }] },
    /^conditions\[0\]\.value: has the range 9-1/,
  ],
  [
    'an empty list',
    { conditions: [{ property: 'file.size', is: 'within', value: ',' }] },
    /^conditions\[0\]\.value: must be a list/,
  ],
  [
    'a rename that its trigger finds again',
    { steps: [{ ...PUSH, onSuccess: { do: 'rename', to: '{name}.sent' } }] },
    /^steps\[0\]\.onSuccess\.to: puts file\.sent where the trigger/,
  ],
  [
    'a compressed file that its trigger finds',
    { steps: [{ do: 'compress' }, PUSH] },
    /^steps\[0\]: puts file\.gz where the trigger/,
  ],
  [
    'a move into a folder that its trigger looks into',
    {
      trigger: { ...ARRIVAL, subfolders: true },
      steps: [{ ...PUSH, onSuccess: { do: 'move', to: 'done' } }],
    },
    /^steps\[0\]\.onSuccess\.to: puts file where/,
  ],
  [
    'a pull into the folder of its trigger',
    { steps: [{ ...PULL, to: PLACE }] },
    /^steps\[0\]\.to: puts file where/,
  ],
]

for (const [title, more, ...expected] of REFUSED) {
  test(`a transfer is refused for ${title}`, () => {
    const { problems } = judge(more)
    assert.equal(problems.length, expected.length, problems.join('\n'))
    for (const [index, pattern] of expected.entries()) assert.match(problems[index] ?? '', pattern)
  })
}

const WARNED: readonly Row[] = [
  ['a site that is disabled', { steps: [{ ...PUSH, site: 'off' }] }, /^steps: .*off, which is disabled/],
  [
    'what is fetched each time',
    { steps: [{ ...PULL, remember: 'always' }] },
    /^steps\[0\]\.remember: fetches the same files/,
  ],
  [
    'a delivery that is taken back',
    { steps: [{ ...PUSH, remoteOnSuccess: { do: 'delete' } }] },
    /^steps\[0\]\.remoteOnSuccess\.do: deletes/,
  ],
  [
    'a mistyped property',
    { conditions: [{ property: 'file.siz', is: 'over', value: '1' }] },
    /^conditions\[0\]\.property: is not known.*did you mean file\.size/,
  ],
  [
    'a property of other triggers',
    { conditions: [{ property: 'run.state', is: 'equals', value: 'x' }] },
    /^conditions\[0\]\.property: is not there/,
  ],
  [
    'what has to be given with a request',
    { trigger: undefined, steps: [{ ...PUSH_FROM, to: '{order}' }] },
    /^steps\[0\]\.to: .*when it is given with the request/,
  ],
]

for (const [title, more, expected] of WARNED) {
  test(`a transfer is saved, and tells of ${title}`, () => {
    const { problems, warnings } = judge(more)
    assert.deepEqual(problems, [])
    assert.equal(warnings.length, 1, warnings.join('\n'))
    assert.match(warnings[0] ?? '', expected ?? /^$/)
  })
}

test('a transfer tells that its site in active mode would leave by a proxy', () => {
  const zones = [testZone({ isDefault: true })]
  const input = { name: 'send', steps: [{ ...PUSH_FROM, site: 'active' }] }
  assert.match(
    found(checkTransfer(input, { ...CONTEXT, zones })).warnings.join(),
    /^steps: The site active has active mode/,
  )
})

test('what works is saved without a word', () => {
  const transfers: Record<string, unknown>[] = [
    {},
    {
      steps: [
        {
          ...PUSH,
          to: 'in/{date}/{file.user}',
          as: '{stem}-{run}.{extension}',
          onSuccess: { do: 'move', to: '/sent/{year}' },
        },
      ],
    },
    { steps: [{ ...PUSH, onSuccess: { do: 'move', to: 'done' } }] },
    { trigger: { ...ARRIVAL, pattern: '*.csv' }, steps: [{ do: 'compress' }, PUSH, { do: 'delete' }, HOOK] },
    {
      trigger: { ...ARRIVAL, pattern: '*.csv' },
      steps: [{ ...PUSH, onSuccess: { do: 'rename', to: '{stem}.sent' } }],
    },
    {
      trigger: undefined,
      schedule: DAILY,
      steps: [{ ...PULL, remoteOnSuccess: { do: 'move', to: 'done' } }, PUSH],
    },
    {
      trigger: undefined,
      schedule: DAILY,
      steps: [{ ...PULL, from: 'out', remoteOnSuccess: { do: 'move', to: '../done' } }],
    },
    {
      trigger: { on: 'run-ended', transfer: 'first', state: 'failed' },
      steps: [{ do: 'mail', to: ['a@b.test'], subject: '{run.id} {run.error}' }],
    },
    {
      trigger: { on: 'data-failed' },
      steps: [{ do: 'program', program: 'scan', arguments: ['{data.address}'] }],
    },
    { steps: [{ ...PUSH, site: 'active' }] },
    {
      conditions: [
        { property: 'time.hour', is: 'within', value: '22-6' },
        { property: 'file.name', is: 'within', value: 'a-b,c' },
      ],
    },
    { steps: [PUSH_FROM, { do: 'delete' }, PUSH_FROM, { do: 'checksum-file' }] },
  ]
  for (const more of transfers)
    assert.deepEqual(judge(more), { problems: [], warnings: [] }, JSON.stringify(more))
})

test('whatever comes in is answered with problems, never by an exception', () => {
  const value = fc.anything({ withNullPrototype: true })
  fc.assert(
    fc.property(
      fc.oneof(
        value,
        fc.record({
          name: value,
          trigger: value,
          steps: fc.array(value),
          schedule: value,
          conditions: value,
        }),
      ),
      input => {
        const checked = checkTransfer(input, CONTEXT)
        assert.ok('problems' in checked ? checked.problems.length > 0 : checked.value)
      },
    ),
  )
})
