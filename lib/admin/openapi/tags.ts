/** What each resource is, in the order in which they are read. */
export const TAGS: Readonly<Record<string, string>> = {
  providers: 'OpenAI-compatible APIs that requests go to',
  keys: 'The secrets of providers, with their live state',
  proxies: 'Outbound HTTP and SOCKS5 proxies, with their health',
  routes: 'Names of models that targets at several providers answer for',
  settings: 'Every setting with its value, default and source',
  tokens: 'What clients send to be let in',
  installation: 'All of it at once: moving in from another gateway',
  logs: 'Requests and failed attempts, as they were written',
  prices: 'What models cost here, and the list that says so',
  alerts: 'Who is told when something is wrong',
  incidents: 'What was wrong, from when until when',
  views: 'What pages of the dashboard show, under a name',
  stats: 'Traffic in figures, and what somebody should look at',
  live: 'What is happening, as server-sent events',
  instances: 'Instances that share the database',
  jobs: 'Regular work',
  tasks: 'Long work, which can be followed and cancelled',
  audit: 'Who changed what',
  session: 'Who is asking',
  openapi: 'This description',
};

export const ABOUT = `Everything that the dashboard does goes through this API. JSON goes in and comes out.

**Texts** of the program are in English, each with a stable code: beside a text \`x\` stands \`xSaid\`, \`{code, params}\`, or null for the words of a provider. An error has the codes of its message and fields in \`said\`, beside \`error\`.

**Lists** have \`items\`, \`total\`, \`page\` and \`pageSize\`; pages count from 1. Where there is a \`nextCursor\`, ask with it for the next page: it is null at the end, and misses nothing while rows are added.

**Times** are milliseconds since 1970-01-01T00:00:00Z.

**Roles**: the admin token is always \`admin\`. Who has signed in at the OpenID provider is \`viewer\`, \`operator\` or \`admin\`, by the settings at the time of each request. What needs more is answered with 403 \`role_required\`; each operation says which role it needs, also as \`x-role\`.

**Two people at once**: whoever sends the \`version\` or \`revision\` that a change is based on gets 409 \`conflict\` if somebody else was quicker.

**Long work** runs as a task. What is soon done is finished in the answer.`;

export const SECURITY_SCHEMES = {
  adminToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'The admin token: AUTH_TOKEN, else the first of ALLOWED_TOKENS',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'next-auth.session-token',
    description:
      "The dashboard's session, called `__Secure-next-auth.session-token` over HTTPS. Its writes have to come from pages of " +
      'this server',
  },
} as const;
