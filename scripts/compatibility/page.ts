import type { ClientResult, OperationsResult, Results, SuiteResult, Verdict } from './results';

const WORDS: Readonly<Record<Verdict, string>> = {
  works: 'works',
  all_keys: 'works, over all keys',
  owner: "works with the owner's key",
  admin: 'needs an admin key',
  not: 'does not work',
};
const CLIENT_WORDS: Readonly<Record<ClientResult['verdict'], string>> = {
  works: 'works',
  fails: 'fails',
  not_tried: 'not tried here',
};

const HEAD = `# Compatibility

Written by \`npm run compatibility\` from what it saw; a change by hand is lost. It needs a build (\`npm run build\`), and
installs all that it tries into a temporary folder.
`;

/** The page that is made of these results. */
export function renderPage({ operations, suites, clients }: Results): string {
  return [HEAD, clientsPart(clients), suitesPart(suites), operationsPart(operations)].join('\n');
}

function clientsPart(clients: readonly ClientResult[]): string {
  const rows = clients.map(({ name, version, tried, verdict, why }) => {
    const result = CLIENT_WORDS[verdict] + (why === undefined ? '' : `: ${why}`);
    return [name, version, tried, result];
  });
  return `## Clients

Each is installed at this version, and does what is named here through the built program, with a provider made for it.

${table(['client', 'version', 'tried', 'result'], rows)}`;
}

function suitesPart(suites: readonly SuiteResult[]): string {
  const rows = suites.map((suite) => [
    suite.name,
    suite.version,
    String(suite.passedDirectly),
    String(suite.passedThrough),
    String(suite.failedDirectly),
    suite.lost.length === 0 ? 'none' : suite.lost.map((name) => `\`${name}\``).join(', '),
  ]);
  const head = ['suite', 'version', 'pass directly', 'pass through the gateway', 'fail directly', 'lost'];
  return `## OpenAI's own test suites

The tests of OpenAI's clients that talk to a server run twice against Steady (\`@stdy/cli\`),
a mock that is made from OpenAI's description of its API and refuses what does not fit it: directly, and through the
gateway. Lost is a test that passes directly and fails through the gateway.

${table(head, rows)}
The Python suite comes from the source archive of its package. The suite for Node.js, and the description of the API,
are in no package: give a checkout of \`openai/openai-node\` of the version above.

\`\`\`sh
npm run compatibility -- --only suites --openai-node ../openai-node
\`\`\`
`;
}

function operationsPart({ spec, readOn, operations }: OperationsResult): string {
  const counts = (Object.keys(WORDS) as Verdict[]).map((verdict) => {
    const count = operations.filter((operation) => operation.verdict === verdict).length;
    return [WORDS[verdict], String(count)];
  });
  const rows = operations.map(({ operation, verdict }) => [`\`${operation}\``, WORDS[verdict]]);
  return `## Operations

Every operation of OpenAI's description of its API, version ${spec}, read on ${readOn}, asked of a provider with twelve
accounts. What stands for a path is the same for every provider, and paths that are not here pass too.

- **works**: any key may serve it. Where its body or query names an object, that object's owner does.
- **works, over all keys**: a list is put together from those of all keys, for a provider with at most 20 of them.
- **works with the owner's key**: what lives at the provider belongs to the key that has made it, and no other is asked.
- **needs an admin key**: it passes unchanged, but OpenAI serves it only to a key of an administrator of the
  organization. Put such a key into a provider of its own.

${table(['result', 'operations'], counts)}
${table(['operation', 'result'], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map(cell).join(' | ')} |\n`).join('');
}

const cell = (text: string) => text.replaceAll('|', String.raw`\|`).replaceAll(/\s+/g, ' ');
