import type { KeyState } from '../../balancer/pool/key-state';
import { isListPath } from '../../openai/objects/object-paths';
import { listQuestion, mergedList } from '../../openai/objects/merged-list';
import { answerJson } from '../answer/json-answer';
import { NotedResponse } from '../answer/noted-response';
import type { LiveExchange } from '../exchange/live-exchange';
import type { Binding } from './binding';
import { ListReader, type ListPorts } from './list-reader';

/** Of more keys than this none but one is asked. */
const KEYS_MAX = 20;
/** How many keys the list is of, and of how many it could be. */
const LIST_HEADER = 'x-openai-balance-list';

/** A list of which each key has a part. */
export function asksForList({ route, request }: LiveExchange, { path }: Binding): boolean {
  return request.method === 'GET' && path !== undefined && isListPath(path, route.path);
}

/**
 * Answers it from all keys, one of each account, as one list; `forward` if one key is to answer: where there are too
 * many, and where none gives a list.
 */
export async function serveList(
  ports: ListPorts,
  exchange: LiveExchange,
  { path, provider }: Binding,
): Promise<'forward' | 'served'> {
  const { route, log } = exchange;
  if (path === undefined) return 'forward';
  const { pool } = provider;
  const accounts = onePerAccount(pool.keys);
  const keys = accounts.filter(({ disabled }) => disabled === undefined);
  const note = (count: number) => `${count} of ${accounts.length} keys`;
  if (accounts.length <= 1 || keys.length === 0) return 'forward';
  if (keys.length > KEYS_MAX) {
    exchange.response = new NotedResponse(exchange.response, LIST_HEADER, note(1));
    return 'forward';
  }
  const question = listQuestion(path.root, route.query);
  const reader = new ListReader(ports, exchange, provider, path.root, question);
  const parts = await reader.read(keys);
  log.trace = { attempts: reader.attempts, skippedProviders: [] };
  if (parts === undefined) return 'forward';
  const read = parts.filter((part) => part !== undefined);
  if (read.length === 0) return 'forward';
  const list = mergedList(
    parts.map((part) => part ?? { items: [], hasMore: false }),
    question,
  );
  answerJson(exchange, JSON.stringify(list), [LIST_HEADER, note(read.length)]);
  return 'served';
}

function onePerAccount(keys: readonly KeyState[]): KeyState[] {
  const byAccount = new Map<object, KeyState>();
  for (const key of keys) {
    const account = key.account.name === undefined ? key : key.account;
    const known = byAccount.get(account);
    if (known === undefined || (known.disabled !== undefined && key.disabled === undefined)) {
      byAccount.set(account, key);
    }
  }
  return [...byAccount.values()];
}
