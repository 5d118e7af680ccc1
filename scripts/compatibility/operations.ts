import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { startServer } from '../../tests/support/server';
import { KeyedProvider, type Arrival } from './keyed-provider';
import type { OperationResult, OperationsResult, Verdict } from './results';

/** What stands at these paths is there for every key of the organization. */
const SHARED = /^\/(?:models|organization|projects)(?:\/|$)/;
const METHODS: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete']);
const TOKEN = 'a-client-token';
const KEYS = Array.from({ length: 12 }, (_, at) => `sk-account-${at}`);
/** With as many keys, what follows no owner reaches it this often by chance once in 1,728 times. */
const ROUNDS = 3;
/** A chat is kept only if it asks for it. */
const BODY = '{"model":"gpt-4o-mini","store":true}';

interface Spec {
  readonly info: { readonly version: string };
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly security?: readonly object[] }>>>
  >;
}

export type Listed = Pick<OperationsResult, 'spec' | 'readOn'> & {
  readonly operations: readonly Pick<OperationResult, 'operation'>[];
  /** Those that ask for the key of an administrator. */
  readonly admin: ReadonlySet<string>;
};

/** The operations of a description of the API, as JSON or YAML. */
export function readSpec(path: string, readOn: string): Listed {
  const { info, paths } = parse(readFileSync(path, 'utf8')) as Spec;
  const operations = new Set<string>();
  const admin = new Set<string>();
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, { security = [] }] of Object.entries(item)) {
      if (!METHODS.has(method)) continue;
      const operation = `${method.toUpperCase()} ${path.replace(/\?.*$/, '')}`;
      operations.add(operation);
      if (security.some((scheme) => 'AdminApiKeyAuth' in scheme)) admin.add(operation);
    }
  }
  const byPath = [...operations].sort((a, b) => compare(pathOf(a), pathOf(b)) || compare(a, b));
  return { spec: info.version, readOn, operations: byPath.map((operation) => ({ operation })), admin };
}

/** What was read before, from what has come of it. */
export function listedBefore({ spec, readOn, operations }: OperationsResult): Listed {
  const admin = operations.filter(({ operation }) =>
    /^\/(?:organization|projects)\//.test(pathOf(operation)),
  );
  return { spec, readOn, operations, admin: new Set(admin.map(({ operation }) => operation)) };
}

const pathOf = (operation: string) => operation.slice(operation.indexOf(' ') + 1);
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** Asks each operation of a provider with many accounts through the built program. */
export async function tryOperations(listed: Listed): Promise<OperationsResult> {
  const provider = await KeyedProvider.start();
  const gateway = await startServer({
    env: { BASE_URL: provider.baseUrl, API_KEYS: KEYS.join(','), ALLOWED_TOKENS: TOKEN, LOG_LEVEL: 'ERROR' },
  });
  try {
    const trial = new Trial(provider, `${gateway.url}/v1`);
    const operations: OperationResult[] = [];
    for (const { operation } of listed.operations) {
      const verdict = await trial.verdictOf(operation);
      const isAdmin = listed.admin.has(operation) && verdict !== 'not';
      operations.push({ operation, verdict: isAdmin ? 'admin' : verdict });
    }
    return { spec: listed.spec, readOn: listed.readOn, operations };
  } finally {
    await gateway.stop();
    await provider.stop();
  }
}

class Trial {
  constructor(
    private readonly provider: KeyedProvider,
    private readonly baseUrl: string,
  ) {}

  async verdictOf(operation: string): Promise<Verdict> {
    const [method = '', path = ''] = operation.split(' ');
    const seen: Verdict[] = [];
    for (let round = 0; round < ROUNDS; round += 1) seen.push(await this.#round(method, path));
    if (seen.includes('not')) return 'not';
    return seen.every((verdict) => verdict === seen[0]) ? (seen[0] ?? 'not') : 'works';
  }

  async #round(method: string, path: string): Promise<Verdict> {
    const isOwned = path.includes('{') && !SHARED.test(path);
    const { id, maker } = isOwned ? await this.#object(path) : { id: 'shared_1' };
    const asked = path.replace(/\{[^}]+\}/, id).replaceAll(/\{[^}]+\}/g, 'part_1');
    const { status, arrivals } = await this.#ask(method, asked);
    const isSame = (arrival: Arrival) => arrival.method === method && isAt(arrival, asked);
    // The list of models is kept for a minute.
    const isSilent = arrivals.length === 0 && asked !== '/models';
    if (status !== 200 || isSilent || !arrivals.every(isSame)) return 'not';
    const keys = new Set(arrivals.map(({ key }) => key));
    if (keys.size === KEYS.length) return 'all_keys';
    return maker !== undefined && keys.size === 1 && keys.has(maker) ? 'owner' : 'works';
  }

  /** One that a key has made where its kind is listed. */
  async #object(path: string): Promise<{ id: string; maker: string | undefined }> {
    const collection = path.slice(0, path.indexOf('/{'));
    const { id = '' } = await this.#ask('POST', collection);
    return { id, maker: this.provider.ownerOf(id) };
  }

  async #ask(method: string, path: string) {
    this.provider.arrivals = [];
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(method !== 'GET' && method !== 'DELETE' && { body: BODY }),
    });
    const { id } = (await response.json()) as { id?: string };
    return { status: response.status, id, arrivals: this.provider.arrivals };
  }
}

/** Lists that are put together are asked for with a query of their own. */
function isAt({ path }: Arrival, asked: string): boolean {
  return path.replace(/\?.*$/, '') === `/v1${asked}`;
}
