import { runAttempts, type LoopResult } from '../../balancer/attempts/attempt-loop';
import { VERDICTS } from '../../balancer/attempts/verdict';
import type { AttemptTrace } from '../../balancer/attempts/trace';
import type { KeyState } from '../../balancer/pool/key-state';
import type { Pool } from '../../balancer/pool/pool';
import type { Clock, Random } from '../../balancer/ports';
import { isFields, parsedBriefly, type Fields } from '../../openai/json/json-fields';
import {
  comparePlaces,
  createdAt,
  itemId,
  listPart,
  pageQuery,
  type ListPart,
  type ListQuestion,
  type Place,
} from '../../openai/objects/merged-list';
import { readReferences } from '../../openai/objects/references';
import type { UpstreamAnswer } from '../../upstream/answer/answer';
import { readText } from '../../upstream/answer/read-text';
import type { UpstreamClient } from '../../upstream/client';
import type { UpstreamTarget } from '../../upstream/target';
import type { GatewayProvider } from '../config';
import type { LiveExchange } from '../exchange/live-exchange';
import type { ObjectOwners } from './object-owners';

export interface ListPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly upstream: Pick<UpstreamClient, 'dial'>;
  readonly owners: ObjectOwners;
  /** Where the pool's keys are for at this moment; undefined if the pool is out of use. */
  readonly targetOf: (pool: Pool) => UpstreamTarget | undefined;
}

const PAGE_BYTES_MAX = 4 * 2 ** 20;
const PAGE_ITEMS = 100;
/** Behind a cursor that is another key's, so many pages of a key are looked through. */
const PAGES_MAX = 20;

type Committed = Extract<LoopResult<UpstreamAnswer>, { readonly kind: 'commit' }>;

/** A cursor of the client's, and the key that it is of. */
interface Cursor extends Place {
  readonly owner: KeyState;
}

/** Reads each key's part of one list. */
export class ListReader {
  readonly attempts: AttemptTrace[] = [];

  constructor(
    private readonly ports: ListPorts,
    private readonly exchange: LiveExchange,
    private readonly provider: GatewayProvider,
    private readonly root: string,
    private readonly question: ListQuestion,
  ) {}

  /**
   * The parts in the order of the keys, undefined of one that gives none. Undefined altogether if nobody is known to
   * own the client's cursor.
   */
  async read(keys: readonly KeyState[]): Promise<(ListPart | undefined)[] | undefined> {
    const { after, before } = this.question;
    const id = after ?? before;
    const cursor = id === undefined ? undefined : await this.#cursor(id, keys);
    if (id !== undefined && cursor === undefined) return undefined;
    return Promise.all(keys.map((key, keyIndex) => this.#part(key, keyIndex, cursor)));
  }

  async #cursor(id: string, keys: readonly KeyState[]): Promise<Cursor | undefined> {
    await this.ports.owners.find([id]);
    const owners = this.ports.owners.ownersOf(id).map(({ keyId }) => this.provider.pool.key(keyId));
    const known = owners.find((key) => key !== undefined);
    const keyIndex = keys.findIndex((key) => key === known || key.account === known?.account);
    const owner = keys[keyIndex];
    if (owner === undefined) return undefined;
    const text = await this.#get(owner, `/${this.root}/${encodeURIComponent(id)}`);
    const object = text === undefined ? undefined : parsedBriefly(text);
    return isFields(object) ? { owner, keyIndex, createdAt: createdAt(object) } : undefined;
  }

  #part(key: KeyState, keyIndex: number, cursor: Cursor | undefined): Promise<ListPart | undefined> {
    if (cursor === undefined || cursor.owner === key) return this.#page(key, this.exchange.route.query);
    return this.#partBeside(key, keyIndex, cursor);
  }

  /** The key does not know the cursor, so what it lists is compared with the cursor's place. */
  async #partBeside(key: KeyState, keyIndex: number, cursor: Cursor): Promise<ListPart | undefined> {
    const { limit, isAscending, before } = this.question;
    const isBehind = (item: Fields) =>
      comparePlaces({ createdAt: createdAt(item), keyIndex }, cursor, isAscending) > 0;
    let items: Fields[] = [];
    let last: string | undefined;
    for (let pages = 0; pages < PAGES_MAX; pages++) {
      const query = pageQuery(this.exchange.route.query, PAGE_ITEMS, last);
      const page = await this.#page(key, query);
      if (page === undefined) return undefined;
      items.push(...page.items.filter((item) => isBehind(item) === (before === undefined)));
      last = itemId(page.items.at(-1) ?? {});
      const isThrough = before !== undefined && page.items.some(isBehind);
      const isEnd = !page.hasMore || last === undefined || isThrough;
      if (before !== undefined) items = items.slice(-limit - 1);
      if (isEnd || (before === undefined && items.length > limit)) {
        return { items, hasMore: before === undefined && !isEnd };
      }
    }
    return { items, hasMore: true };
  }

  async #page(key: KeyState, query: string): Promise<ListPart | undefined> {
    const text = await this.#get(key, this.exchange.route.path + query);
    const part = text === undefined ? undefined : listPart(text);
    if (part === undefined) return undefined;
    const own = part.items.map(itemId).filter((id) => id !== undefined);
    const named = part.items.flatMap((item) => readReferences(Buffer.from(JSON.stringify(item))));
    this.ports.owners.suppose([...own, ...named], { provider: this.provider.slug, keyId: key.config.keyId });
    return part;
  }

  /** The text of a 2xx answer to this key. */
  async #get(key: KeyState, path: string): Promise<string | undefined> {
    const { exchange, provider, ports } = this;
    const { clock, random } = ports;
    const { pool } = provider;
    const { rawHeaders, signal } = exchange.request;
    const asked = { method: 'GET', path, rawHeaders, body: undefined, expects: 'anything' } as const;
    const target = ports.targetOf(pool) ?? provider.target;
    const result = await runAttempts<UpstreamAnswer>(
      {
        method: 'GET',
        path: exchange.route.path,
        model: '',
        affinity: undefined,
        owner: { objectId: '', keyId: key.config.keyId },
        signal,
      },
      [pool],
      {
        dial: (_pool, lease) =>
          ports.upstream.dial(target, lease.key.config, asked, signal, lease.egress?.egress.config),
        discard: (answer) => answer.abort(),
      },
      { clock, random },
    );
    this.attempts.push(...result.trace.attempts);
    if (result.kind === 'pass_through') result.answer.abort();
    return result.kind === 'commit' ? this.#text(result) : undefined;
  }

  async #text({ pool, lease, answer }: Committed): Promise<string | undefined> {
    const text = await readText(answer, { bytesMax: PAGE_BYTES_MAX });
    const end = text === undefined ? VERDICTS.cut : 'whole';
    pool.finish(lease, end, 'the list broke off', this.ports.clock.now());
    return text;
  }
}
