import type { LoopResult } from '../../balancer/attempts/attempt-loop';
import type { KeyState } from '../../balancer/pool/key-state';
import {
  asksForCountedPage,
  listQuestion,
  sharedQuery,
  type ListQuestion,
} from '../../openai/objects/list-question';
import { listFrame, mergedList, summedTotals } from '../../openai/objects/merged-list';
import { isListPath } from '../../openai/objects/object-paths';
import type { UpstreamAnswer } from '../../upstream/answer/answer';
import { gatewayError, type GatewayError } from '../answer/errors';
import { NotedResponse } from '../answer/noted-response';
import type { LiveExchange } from '../exchange/live-exchange';
import type { Binding } from './binding';
import { ListAsker, type AskFailure, type AskPorts } from './list-asker';
import { ListPlaces, type PlaceMark } from './list-places';
import { isPart, ListReader, type ReadPart } from './list-reader';
import { listText, tellItems, writePieces } from './list-writer';
import type { ObjectOwners } from './object-owners';
import { markToGoOn, noteMarks, type MadePage } from './page-marks';
import { Slices } from './slices';

export interface ListPorts extends AskPorts {
  readonly owners: ObjectOwners;
}

/** `forward`: one key is to answer, as it would any request. `failed`: no key gave its part; this is the best answer. */
export type ServedList =
  | { readonly kind: 'served' | 'forward' }
  | { readonly kind: 'refused'; readonly error: GatewayError }
  | { readonly kind: 'failed'; readonly result: LoopResult<UpstreamAnswer> };

/** Of more keys than this none but one is asked. */
const KEYS_MAX = 20;
/** So often it is looked for something to show, where other pages have shown what comes. */
const ROUNDS_MAX = 100;
/** How many keys the list is of, and of how many it could be. */
const LIST_HEADER = 'x-openai-balance-list';
/** What is missing in it, and why. */
const MISSING_HEADER = 'x-openai-balance-list-missing';

/** A list of which each key has a part. */
export function asksForList({ route, request }: LiveExchange, { path }: Binding): boolean {
  const isHere = request.method === 'GET' && route.place === undefined;
  return isHere && path !== undefined && isListPath(path, route.path);
}

type Part = ReadPart | AskFailure;

/** A list that is being put together. */
interface Making {
  readonly exchange: LiveExchange;
  readonly asker: ListAsker;
  readonly question: ListQuestion;
  readonly keys: readonly KeyState[];
  /** Accounts whose keys are all disabled. */
  readonly disabled: number;
}

/** Answers lists from all keys of a provider, one of each account, as one list. */
export class MergedLists {
  readonly #slices = new Slices();
  readonly #places = new ListPlaces();

  constructor(private readonly ports: ListPorts) {}

  async serve(exchange: LiveExchange, { path, provider }: Binding): Promise<ServedList> {
    const { route } = exchange;
    const accounts = onePerAccount(provider.pool.keys);
    const keys = accounts.filter(({ disabled }) => disabled === undefined);
    if (path === undefined || accounts.length <= 1 || keys.length === 0) return FORWARD;
    if (keys.length > KEYS_MAX || asksForCountedPage(route.query)) {
      const note = shareNote(1, accounts.length);
      exchange.response = new NotedResponse(exchange.response, LIST_HEADER, note);
      return FORWARD;
    }
    const asker = new ListAsker(this.ports, exchange, provider);
    const question = listQuestion(path.root, route.query);
    const disabled = accounts.length - keys.length;
    try {
      return await this.#make({ exchange, asker, question, keys, disabled }, path.root);
    } finally {
      asker.patience.end();
    }
  }

  async #make(making: Making, root: string): Promise<ServedList> {
    const { exchange, asker, question, keys } = making;
    const scope = `${asker.provider.slug} ${exchange.route.path}?${sharedQuery(exchange.route.query)}`;
    const { owners } = this.ports;
    const reader = new ListReader({ exchange, asker, slices: this.#slices, owners, root, question });
    let mark = await this.#begin(scope, reader, making);
    exchange.log.trace = { attempts: asker.attempts, skippedProviders: [] };
    if (mark === 'unknown') return exchange.request.signal.aborted ? CLIENT_GONE : FORWARD;
    for (let rounds = 1; ; rounds++) {
      const parts = await reader.read(keys, mark);
      if (exchange.request.signal.aborted) return gone(asker, parts);
      if (!parts.some(isPart)) return this.#failed(asker, parts as AskFailure[]);
      for (const part of parts) if (!isPart(part)) asker.drop(part);
      const merging = mergedList(parts.map(asPart), question, mark?.shown);
      const list = await this.#slices.run(merging, exchange.request.signal);
      if (list === undefined) return CLIENT_GONE;
      const keyIds = keys.map(({ config }) => config.keyId);
      const page: MadePage = { scope, question, keyIds, parts, list, mark };
      mark = rounds < ROUNDS_MAX ? markToGoOn(page) : undefined;
      if (mark !== undefined) continue;
      noteMarks(this.#places, page);
      return this.#answer(making, page);
    }
  }

  /** Where the page begins or ends that is asked for; undefined if there is no cursor. */
  async #begin(
    scope: string,
    reader: ListReader,
    { question, keys }: Making,
  ): Promise<PlaceMark | 'unknown' | undefined> {
    const { after, before } = question;
    const cursor = after ?? before;
    if (cursor === undefined) return undefined;
    const known = this.#places.find(scope, after === undefined ? 'before' : 'after', cursor);
    return known ?? (await reader.locate(cursor, keys)) ?? 'unknown';
  }

  /** The true error of one of them. */
  #failed(asker: ListAsker, failures: readonly AskFailure[]): ServedList {
    const best = failures.reduce((known, next) => (worth(next) > worth(known) ? next : known));
    for (const failure of failures) if (failure !== best) asker.drop(failure);
    if (best.result !== undefined) return { kind: 'failed', result: best.result };
    if (failures.some(({ why }) => why !== 'timed_out')) return FORWARD;
    const message = `Provider '${asker.provider.slug}' did not answer in time.`;
    return { kind: 'refused', error: gatewayError('upstream_timeout', message) };
  }

  async #answer(making: Making, { list, parts }: MadePage): Promise<ServedList> {
    const { exchange, asker, keys } = making;
    const { request, response, log } = exchange;
    const provider = asker.provider.slug;
    const tell = (ids: readonly string[], keyIndex: number): void => {
      this.ports.owners.suppose(ids, { provider, keyId: keys[keyIndex]?.config.keyId ?? '' });
    };
    const isTold = await this.#slices.run(tellItems(list.items, tell), request.signal);
    const frame = listFrame(list, summedTotals(parts.filter(isPart)));
    const text = isTold && (await this.#slices.run(listText(list.items, frame), request.signal));
    if (text === undefined) return CLIENT_GONE;
    asker.memory.keep(text.bytes);
    log.committed();
    const head = ['content-type', 'application/json', 'content-length', String(text.bytes)];
    response.start(200, [...head, ...headersOf(making, parts), 'x-request-id', log.requestId]);
    const isSent = await writePieces(response, text.pieces, request.signal);
    if (!isSent) return CLIENT_GONE;
    log.finish({ status: 200, outcome: 'success', responseBytes: text.bytes });
    return { kind: 'served' };
  }
}

const FORWARD: ServedList = { kind: 'forward' };
const CLIENT_GONE: ServedList = {
  kind: 'refused',
  error: gatewayError('client_closed', 'The client closed the connection.'),
};

function gone(asker: ListAsker, parts: readonly Part[]): ServedList {
  for (const part of parts) if (!isPart(part)) asker.drop(part);
  return CLIENT_GONE;
}

function asPart(part: Part): ReadPart {
  return isPart(part)
    ? part
    : { items: [], hasMore: false, totals: new Map(), unreadable: 0, from: undefined };
}

/** What says something of the request is worth most, then what any upstream has said. */
function worth({ result, isRefusal }: AskFailure): number {
  if (result === undefined) return 0;
  if (isRefusal) return 3;
  return result.kind === 'failed' ? 1 : 2;
}

function shareNote(count: number, all: number): string {
  return `${count} of ${all} keys`;
}

function headersOf({ keys, disabled }: Making, parts: readonly Part[]): string[] {
  const read = parts.filter(isPart);
  const missing = new Map<string, number>();
  const count = (what: string, more: number): void => {
    if (more > 0) missing.set(what, (missing.get(what) ?? 0) + more);
  };
  for (const part of parts) if (!isPart(part)) count(part.why, 1);
  count('disabled', disabled);
  count(
    'unreadable_items',
    read.reduce((sum, { unreadable }) => sum + unreadable, 0),
  );
  const note = shareNote(read.length, keys.length + disabled);
  if (missing.size === 0) return [LIST_HEADER, note];
  const told = Array.from(missing, ([what, times]) => `${times} ${what}`).join(', ');
  return [LIST_HEADER, note, MISSING_HEADER, told];
}

function onePerAccount(keys: readonly KeyState[]): KeyState[] {
  const byAccount = new Map<object, KeyState>();
  for (const key of keys) {
    const account = key.account?.name === undefined ? key : key.account;
    const known = byAccount.get(account);
    if (known === undefined || (known.disabled !== undefined && key.disabled === undefined)) {
      byAccount.set(account, key);
    }
  }
  return [...byAccount.values()];
}
