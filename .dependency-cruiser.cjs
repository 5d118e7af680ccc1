/** The layers of the house. Imports point down only; see docs/architecture.md. */
const pure = (layer) => ({
  name: `${layer}-is-pure`,
  comment: `lib/${layer} imports nothing outside itself`,
  severity: 'error',
  from: { path: `^lib/${layer}/` },
  to: { pathNot: `^lib/${layer}/` },
});

/** What a pure layer of the wire format reads, the balancer judges: the type of the facts is the balancer's port. */
const BALANCER_PORTS = '^lib/balancer/(facts|ports)\\.ts$';

const onlyFrom = (module, owner) => ({
  name: `only-${owner.replaceAll('/', '-')}-imports-${module}`,
  severity: 'error',
  from: { pathNot: `^${owner}/` },
  to: { path: `node_modules/${module}/` },
});

const notAbove = (layer, forbidden) => ({
  name: `${layer}-looks-down-only`,
  severity: 'error',
  from: { path: `^lib/${layer}/` },
  to: { path: `^(app|components|${forbidden.map((name) => `lib/${name}`).join('|')})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^app/', '^instrumentation\\.ts$'] },
      to: {},
    },
    pure('balancer'),
    {
      name: 'openai-is-pure',
      comment: "lib/openai imports nothing outside itself but the types of the balancer's ports",
      severity: 'error',
      from: { path: '^lib/openai/' },
      to: { pathNot: ['^lib/openai/', BALANCER_PORTS] },
    },
    {
      name: 'openai-takes-types-from-the-balancer',
      severity: 'error',
      from: { path: '^lib/openai/' },
      to: { path: BALANCER_PORTS, dependencyTypesNot: ['type-only'] },
    },
    onlyFrom('undici', 'lib/upstream'),
    onlyFrom('@prisma', 'lib/store'),
    onlyFrom('better-sqlite3', 'lib/store'),
    onlyFrom('mariadb', 'lib/store'),
    notAbove('upstream', ['gateway', 'store', 'admin', 'jobs', 'auth', 'runtime', 'config']),
    notAbove('store', ['gateway', 'upstream', 'admin', 'jobs', 'auth', 'runtime', 'config']),
    notAbove('config', ['gateway', 'upstream', 'store', 'admin', 'jobs', 'auth', 'runtime']),
    notAbove('gateway', ['store', 'admin', 'jobs', 'auth', 'runtime', 'config']),
    {
      name: 'only-commands-know-commands',
      severity: 'error',
      from: { pathNot: '^lib/cli/' },
      to: { path: '^lib/cli/' },
    },
    notAbove('jobs', ['gateway', 'admin', 'auth', 'runtime']),
    notAbove('admin', ['gateway', 'auth', 'runtime']),
    notAbove('auth', ['gateway', 'upstream', 'store', 'balancer', 'admin', 'jobs', 'runtime']),
    {
      name: 'the-contract-runs-in-browsers',
      comment: 'lib/admin/contract imports zod and nothing else from outside itself',
      severity: 'error',
      from: { path: '^lib/admin/contract/' },
      to: { pathNot: '^(lib/admin/contract/|node_modules/zod/)' },
    },
    notAbove('metrics', ['upstream', 'admin', 'jobs', 'auth', 'runtime', 'config']),
    onlyFrom('prom-client', 'lib/metrics'),
    {
      name: 'browser-code-knows-the-contract-only',
      comment: 'components and lib/client run in the browser: of lib they import each other and the contract',
      severity: 'error',
      from: { path: '^(components|lib/client)/' },
      to: { path: '^lib/', pathNot: '^lib/(client|admin/contract)/' },
    },
    {
      name: 'browser-code-takes-types-from-the-contract',
      comment: 'its schemas would bring zod into the browser',
      severity: 'error',
      from: { path: '^(components|lib/client)/' },
      to: { path: '^lib/admin/contract/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'client-is-below-the-components',
      severity: 'error',
      from: { path: '^lib/client/' },
      to: { path: '^(app|components)/' },
    },
    {
      name: 'app-goes-through-the-runtime',
      severity: 'error',
      from: { path: '^(app|components)/' },
      to: { path: '^lib/(store|upstream|balancer)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^lib/store/generated' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
