import type { LoopResult } from '../../balancer/attempts/attempt-loop';
import { AnswerIds } from '../../openai/objects/answer-ids';
import type { UpstreamAnswer } from '../../upstream/answer/answer';
import type { LiveExchange } from '../exchange/live-exchange';
import type { Binding } from './binding';
import type { ObjectOwners } from './object-owners';

type Committed = Extract<LoopResult<UpstreamAnswer>, { readonly kind: 'commit' }>;

const STORE = Buffer.from('"store"');
const TRUE = /^"store"\s*:\s*true/;
const FALSE = /^"store"\s*:\s*false/;
/** No more white space than this stands before the value. */
const STORE_BYTES = 32;

/**
 * Takes note of what an answer creates, shows or deletes: its key owns that. Returns what has to see the answer's bytes
 * as they pass; undefined if they tell nothing.
 */
export function watchAnswer(
  { request }: LiveExchange,
  { path }: Binding,
  body: Buffer,
  { pool, lease, answer }: Committed,
  owners: ObjectOwners,
): AnswerIds | undefined {
  if (path === undefined || answer.status >= 300) return undefined;
  const [object] = path.ids;
  if (request.method === 'DELETE') {
    if (path.isWhole && object !== undefined) owners.forget(object);
    return undefined;
  }
  const isNew = request.method === 'POST' && object === undefined;
  if (isNew && !isStored(path.root, body)) return undefined;
  const owner = { provider: pool.config.provider, keyId: lease.key.config.keyId };
  owners.remember(path.ids, owner);
  return new AnswerIds(contentType(answer), (ids) => owners.remember(ids, owner));
}

/** Some streams do not say that they are any. */
function contentType({ headers, isEventStream }: UpstreamAnswer): string {
  return isEventStream ? 'text/event-stream' : String(headers['content-type'] ?? '').toLowerCase();
}

/** Whether the provider keeps what the request makes: most do by default, chats only if they are asked to. */
function isStored(root: string, body: Buffer): boolean {
  if (root !== 'responses' && root !== 'chat/completions') return true;
  const isByDefault = root === 'responses';
  for (let at = body.indexOf(STORE); at !== -1; at = body.indexOf(STORE, at + STORE.length)) {
    const text = body.toString('latin1', at, at + STORE_BYTES);
    if ((isByDefault ? FALSE : TRUE).test(text)) return !isByDefault;
  }
  return isByDefault;
}
