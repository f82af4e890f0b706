// The layer rules of ARCHITECTURE.md: each package may import what its row names, through its index alone.
const MAY_IMPORT = {
  protocol: [],
  channels: ['protocol'],
  storage: ['protocol'],
  settings: ['channels', 'protocol'],
  server: ['channels', 'protocol', 'settings', 'storage'],
  client: ['channels', 'protocol'],
  doctor: ['channels', 'client', 'protocol'],
  store: [],
  transfers: ['channels', 'client', 'settings', 'store'],
  gateway: ['channels', 'protocol', 'settings', 'store'],
  console: [
    'channels',
    'client',
    'doctor',
    'gateway',
    'protocol',
    'server',
    'settings',
    'storage',
    'store',
    'transfers',
  ],
  web: ['console', 'settings', 'transfers'],
  cli: [
    'channels',
    'client',
    'console',
    'doctor',
    'gateway',
    'protocol',
    'server',
    'settings',
    'storage',
    'store',
    'transfers',
  ],
}

const layers = Object.entries(MAY_IMPORT).map(([from, allowed]) => ({
  name: `layer-${from}`,
  comment: `${from} may import ${allowed.join(', ') || 'no other package'}.`,
  severity: 'error',
  from: { path: `^packages/${from}/` },
  to: { path: '^packages/', pathNot: `^packages/(${[from, ...allowed].join('|')})/` },
}))

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'through-the-index',
      comment: 'A package is used through its src/index.ts.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^packages/([^/]+)/',
        pathNot: [
          '^packages/$1/',
          '^packages/[^/]+/src/index\\.ts$',
          '^packages/console/src/contract/index\\.ts$',
          '^packages/gateway/src/model/index\\.ts$',
          '^packages/transfers/src/model/index\\.ts$',
        ],
      },
    },
    {
      name: 'web-takes-types',
      comment:
        'The browser runs nothing of the node: of other packages it takes types alone. Its tests may run more.',
      severity: 'error',
      from: { path: '^packages/web/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/(?!web/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      comment: 'Modules that need each other are one module, or need a third. Types alone do not count.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'Every import has to lead somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'protocol-is-pure',
      comment: 'The language of FTP touches no socket, file or timer.',
      severity: 'error',
      from: { path: '^packages/protocol/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(buffer|node:buffer|net|node:net)$' },
    },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      from: {},
      to: { path: '\\.test\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
}
