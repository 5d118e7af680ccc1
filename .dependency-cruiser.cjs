// The layers of the house. Imports point down only; see docs/architecture.md.

/** What a pure layer of the wire format reads, the balancer judges: the type of the facts is the balancer's port. */
const BALANCER_PORTS = '^lib/balancer/(facts|ports|limits/seen-limits)\\.ts$';

/** What a value has to be, for settings, API and forms alike. They import nothing. */
const PLAIN_RULES =
  'lib/(config/(alert-rules|kept-apart|key-tags|limits|presets|saved-views|time-zone|wall-clock)|auth/role|balancer/egress/direct-proxy)\\.ts$';

const onlyFrom = (module, owner) => ({
  name: `only-${owner.replaceAll('/', '-')}-imports-${module}`,
  severity: 'error',
  from: { pathNot: `^${owner}/` },
  to: { path: `node_modules/${module}/` },
});

/** Each room of lib and the rooms below it that it may import; nothing else of lib. */
const ROOMS = {
  balancer: [],
  openai: ['balancer'],
  pricing: [],
  timing: [],
  config: ['balancer', 'openai', 'auth', 'pricing'],
  'moving-in': ['balancer', 'config'],
  upstream: ['balancer', 'openai', 'timing'],
  store: ['balancer', 'openai', 'auth'],
  auth: [],
  cluster: ['balancer'],
  tasks: [],
  jobs: ['store'],
  ownership: ['store'],
  gateway: ['balancer', 'openai', 'upstream'],
  metrics: ['balancer', 'gateway', 'store', 'pricing'],
  tracing: ['balancer', 'config', 'gateway', 'store', 'pricing'],
  process: ['balancer', 'gateway', 'store'],
  probing: [
    'balancer',
    'openai',
    'config',
    'upstream',
    'store',
    'tasks',
    'jobs',
    'gateway',
    'process',
    'timing',
  ],
  inventory: ['balancer', 'openai', 'config', 'store', 'auth', 'gateway'],
  admin: [
    'balancer',
    'openai',
    'config',
    'moving-in',
    'alerts',
    'store',
    'auth',
    'tasks',
    'jobs',
    'probing',
    'pricing',
    'timing',
  ],
  alerts: ['admin/contract', 'client', 'config', 'store', 'timing'],
  http: ['openai', 'config', 'auth', 'gateway', 'metrics', 'process', 'admin'],
  client: ['admin/contract'],
};

const looksDownOnly = ([room, below]) => ({
  name: `${room}-looks-down-only`,
  comment: `of lib, lib/${room} imports ${below.length === 0 ? 'nothing but itself' : below.join(', ')}`,
  severity: 'error',
  from: { path: `^lib/${room}/` },
  to: {
    path: '^(app|components|lib)/',
    pathNot: [`^lib/(${[room, ...below].join('|')})/`, ...(room === 'client' ? [`^${PLAIN_RULES}`] : [])],
  },
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
    ...Object.entries(ROOMS).map(looksDownOnly),
    {
      name: 'the-core-is-pure',
      comment: 'lib/balancer and lib/openai import no package and nothing of Node',
      severity: 'error',
      from: { path: '^lib/(balancer|openai)/' },
      to: { pathNot: '^lib/(balancer|openai)/' },
    },
    {
      name: 'openai-knows-the-ports-of-the-balancer-only',
      severity: 'error',
      from: { path: '^lib/openai/' },
      to: { path: '^lib/balancer/', pathNot: BALANCER_PORTS },
    },
    {
      name: 'openai-takes-types-from-the-balancer',
      severity: 'error',
      from: { path: '^lib/openai/' },
      to: { path: BALANCER_PORTS, dependencyTypesNot: ['type-only'] },
    },
    onlyFrom('undici', 'lib/upstream'),
    onlyFrom('better-sqlite3', 'lib/store'),
    onlyFrom('mariadb', 'lib/store'),
    onlyFrom('pg', 'lib/store'),
    onlyFrom('ioredis', 'lib/cluster'),
    onlyFrom('@pydantic/genai-prices', 'lib/pricing'),
    onlyFrom('@opentelemetry', 'lib/tracing'),
    {
      name: 'only-commands-know-commands',
      severity: 'error',
      from: { pathNot: '^lib/cli/' },
      to: { path: '^lib/cli/' },
    },
    {
      name: 'the-contract-runs-in-browsers',
      comment:
        'lib/admin/contract imports zod, plain rules, and of the pure balancer the list of the policies',
      severity: 'error',
      from: { path: '^lib/admin/contract/' },
      to: {
        pathNot: `^(lib/admin/contract/|lib/balancer/policies/all\\.ts$|node_modules/zod/|${PLAIN_RULES})`,
      },
    },
    onlyFrom('prom-client', 'lib/metrics'),
    {
      name: 'browser-code-knows-the-contract-only',
      comment:
        'components and lib/client run in the browser: of lib they import each other, the contract and plain rules',
      severity: 'error',
      from: { path: '^(components|lib/client)/' },
      to: { path: '^lib/', pathNot: `^(lib/(client|admin/contract)/|${PLAIN_RULES})` },
    },
    {
      name: 'browser-code-takes-types-from-the-contract',
      comment: 'its schemas would bring zod into the browser; addresses and roles bring nothing',
      severity: 'error',
      from: { path: '^(components|lib/client)/' },
      to: {
        path: '^lib/admin/contract/',
        pathNot: '^lib/admin/contract/(addresses|roles)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'plain-rules-bring-nothing',
      comment: 'browsers load them',
      severity: 'error',
      from: { path: `^${PLAIN_RULES}` },
      to: {},
    },
    {
      name: 'the-addresses-bring-nothing',
      comment: 'browsers load them',
      severity: 'error',
      from: { path: '^lib/admin/contract/addresses\\.ts$' },
      to: {},
    },
    {
      name: 'the-roles-bring-nothing',
      comment: 'browsers load them',
      severity: 'error',
      from: { path: '^lib/admin/contract/roles\\.ts$' },
      to: { pathNot: `^(lib/admin/contract/addresses\\.ts$|${PLAIN_RULES})` },
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
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
