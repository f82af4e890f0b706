import { test } from 'node:test'
import { publication } from '../model/index.ts'
import { checkPublication, type PublicationContext } from './publication.ts'
import { assertKept, assertRefused, type Expected } from './testing-findings.ts'

const CONTEXT: PublicationContext = {
  publications: [],
  serverGroups: [{ name: 'servers', connectorGroups: ['paris'] }],
  edges: ['dmz-1', 'dmz-2'],
}

const ftp = (more: object = {}) => ({
  name: 'ftp',
  listeners: [{ port: 21, serverPort: 2_121 }],
  passive: { basePort: 50_000, numberOfPorts: 101, serverBasePort: 40_000 },
  server: '10.1.0.9',
  serverGroup: 'servers',
  ...more,
})

const rules = (...addressRules: object[]) => ftp({ addressRules })

const CASES: readonly [title: string, value: object, problems: Expected, warnings?: Expected][] = [
  ['on all edges', ftp(), {}],
  ['a server by its name', ftp({ server: 'ftp.corp.example', edges: ['dmz-1'], host: '::' }), {}],
  [
    'edges that are not there',
    ftp({ edges: ['dmz-1', 'dmz-3'] }),
    { 'edges[1]': /edge dmz-3, which is not there/ },
  ],
  ['a host that is no address', ftp({ host: 'eth0' }), { host: /must be an IP address/ }],
  ['a server that is several', ftp({ server: '10.1.0.0/24' }), { server: /one server/ }],
  ['a server that is a wildcard', ftp({ server: '*.corp.example' }), { server: /one server/ }],
  [
    'a server with its port',
    ftp({ server: 'ftp.corp.example:21' }),
    { server: /one server.*; write ftp\.corp\.example$/ },
  ],
  [
    'a server group that is not there',
    ftp({ serverGroup: 'server' }),
    { serverGroup: /did you mean servers/ },
  ],
  ['address rules', rules({ clients: '10.0.0.0/8', address: '10.1.1.1' }, { address: 'control' }), {}],
  [
    'address rules that cannot be read',
    rules({ clients: 'home', address: 'here' }, { address: '0.0.0.0' }),
    {
      'addressRules[0].clients': /IP address or a network/,
      'addressRules[0].address': /or control/,
      'addressRules[1].address': /stands for no machine/,
    },
  ],
  [
    'an address rule behind one for all',
    rules(
      { address: 'control', enabled: false },
      { address: '192.0.2.1' },
      { clients: '10.0.0.0/8', address: 'control' },
    ),
    {},
    { 'addressRules[2]': /addressRules\[1\] comes first/ },
  ],
  [
    'a port twice',
    ftp({
      listeners: [
        { port: 21, serverPort: 21 },
        { port: 21, serverPort: 22 },
      ],
    }),
    { 'listeners[1].port': /port of listeners\[0\] already/ },
  ],
  [
    'a control port among the passive ones',
    ftp({ listeners: [{ port: 50_100, serverPort: 21 }] }),
    { 'listeners[0].port': /passive ports 50000-50100/ },
  ],
  [
    'a control port of the server among its passive ones',
    ftp({ listeners: [{ port: 21, serverPort: 40_100 }] }),
    { 'listeners[0].serverPort': /passive ports of the server, 40000-40100/ },
  ],
  [
    'a range beyond the last port',
    ftp({ passive: { basePort: 65_000, numberOfPorts: 1_000, serverBasePort: 1_024 } }),
    { 'passive.numberOfPorts': /end at 65535/ },
  ],
]

for (const [title, value, problems, warnings] of CASES) {
  test(`a publication: ${title}`, () => {
    const checked = checkPublication(value, CONTEXT)
    if (Object.keys(problems).length > 0) assertRefused(checked, problems)
    else assertKept(checked, warnings)
  })
}

const OTHERS: readonly [title: string, other: object, value: object, problems: Expected][] = [
  [
    'all edges twice',
    {},
    {},
    {
      'listeners[0].port': /taken by the publication other on all edges/,
      'passive.basePort': /port 50000-50100 is taken.*on all edges/,
    },
  ],
  [
    'one edge among all',
    { edges: ['dmz-1'] },
    {},
    { 'listeners[0].port': /other on dmz-1/, 'passive.basePort': /on dmz-1/ },
  ],
  [
    'an edge of both',
    { edges: ['dmz-1', 'dmz-2'] },
    { edges: ['dmz-2'] },
    { 'listeners[0].port': /other on dmz-2/, 'passive.basePort': /on dmz-2/ },
  ],
  ['other edges', { edges: ['dmz-1'] }, { edges: ['dmz-2'] }, {}],
  ['other addresses of the edges', { host: '192.0.2.1' }, { host: '192.0.2.2' }, {}],
  [
    'an address among all of IPv4',
    { host: '192.0.2.1' },
    { host: '0.0.0.0' },
    { 'listeners[0].port': /taken/, 'passive.basePort': /taken/ },
  ],
  ['IPv6 beside all of IPv4', { host: '2001:db8::1' }, { host: '0.0.0.0' }, {}],
  [
    'all of IPv6, which takes IPv4 too',
    { host: '::' },
    { host: '192.0.2.1' },
    { 'listeners[0].port': /taken/, 'passive.basePort': /taken/ },
  ],
  [
    'a control port in the passive range of the other',
    {},
    {
      listeners: [{ port: 50_050, serverPort: 21 }],
      passive: { basePort: 51_000, numberOfPorts: 10, serverBasePort: 40_000 },
    },
    { 'listeners[0].port': /taken/ },
  ],
  [
    'a passive range over a control port of the other',
    {},
    {
      listeners: [{ port: 2_121, serverPort: 21 }],
      passive: { basePort: 20, numberOfPorts: 10, serverBasePort: 40_000 },
    },
    { 'passive.basePort': /port 21 is taken/ },
  ],
  [
    'other ports',
    {},
    {
      listeners: [{ port: 990, serverPort: 990 }],
      passive: { basePort: 51_000, numberOfPorts: 10, serverBasePort: 40_000 },
    },
    {},
  ],
  ['the other is disabled', { enabled: false }, {}, {}],
  ['it is disabled itself', {}, { enabled: false }, {}],
]

for (const [title, other, value, problems] of OTHERS) {
  test(`two publications: ${title}`, () => {
    const publications = [publication.parse(ftp({ name: 'other', ...other })), publication.parse(ftp())]
    const checked = checkPublication(ftp(value), { ...CONTEXT, publications })
    if (Object.keys(problems).length > 0) assertRefused(checked, problems)
    else assertKept(checked)
  })
}
