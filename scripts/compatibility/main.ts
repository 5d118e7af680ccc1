/**
 * Tries what talks to OpenAI's API through the built program, and writes docs/compatibility.md. Ends with 1 if
 * something fails through the gateway that works without it.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { tryClients } from './try-clients';
import { listedBefore, readSpec, tryOperations } from './operations';
import { renderPage } from './page';
import { pagePath, readResults, writeResults, type Results } from './results';
import { specIn, trySuites } from './suites';

const PARTS = ['operations', 'suites', 'clients'];

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: PARTS },
    client: { type: 'string' },
    spec: { type: 'string' },
    'openai-node': { type: 'string' },
  },
});
const only = new Set(values.only);
const unknown = values.only.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) fail(`--only ${unknown.join(', ')}: there are ${PARTS.join(', ')}`);

const nodePath = values['openai-node'];
const spec = values.spec ?? (nodePath === undefined ? undefined : specIn(nodePath));
if (spec !== undefined && !existsSync(spec)) fail(`There is no ${spec}, which should describe OpenAI's API.`);
const today = new Date().toISOString().slice(0, 10);
let results: Results = readResults();
if (only.has('operations')) {
  const listed = spec === undefined ? listedBefore(results.operations) : readSpec(spec, today);
  results = { ...results, operations: await tryOperations(listed) };
}
if (only.has('suites')) results = { ...results, suites: await trySuites(results.suites, { spec, nodePath }) };
if (only.has('clients')) results = { ...results, clients: await tryClients(results.clients, values.client) };
writeResults(results);
writeFileSync(pagePath, renderPage(results));
console.log('docs/compatibility.md is written.');

const failures = failuresOf(results);
for (const failure of failures) console.error(failure);
process.exit(failures.length === 0 ? 0 : 1);

function failuresOf({ operations, suites, clients }: Results): string[] {
  const refused = operations.operations.filter(({ verdict }) => verdict === 'not');
  const failing = clients.filter(({ verdict }) => verdict === 'fails');
  return [
    ...refused.map(({ operation }) => `${operation} does not pass`),
    ...suites.flatMap(({ name, lost }) =>
      lost.map((test) => `${name}: ${test} fails through the gateway alone`),
    ),
    ...failing.map(({ name, why = '' }) => `${name} fails: ${why}`),
  ];
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
