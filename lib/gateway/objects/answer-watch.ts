import type { LoopResult } from '../../balancer/attempts/attempt-loop';
import type { RequestTrace } from '../../balancer/attempts/trace';
import { AnswerIds } from '../../openai/objects/answer-ids';
import { objectPath } from '../../openai/objects/object-paths';
import type { UpstreamAnswer } from '../../upstream/answer/answer';
import type { LiveExchange } from '../exchange/live-exchange';
import type { ForwardedHead } from '../request/balanced-request';
import type { Binding } from './binding';
import type { ObjectOwners } from './object-owners';

type StoredHead = Pick<ForwardedHead, 'store'>;

/**
 * Takes note of what an answer creates, shows or deletes: its key owns that. Returns what has to see the answer's bytes
 * as they pass; undefined if they tell nothing.
 */
export function watchAnswer(
  { request }: LiveExchange,
  { path, sought }: Binding,
  head: StoredHead,
  result: LoopResult<UpstreamAnswer>,
  owners: ObjectOwners,
): AnswerIds | undefined {
  if (result.kind !== 'commit') return undefined;
  const { pool, lease, answer, trace } = result;
  if (path === undefined || answer.status >= 300) return undefined;
  const [object] = path.ids;
  if (request.method === 'DELETE') {
    if (path.isWhole && object !== undefined) owners.forget(object);
    return undefined;
  }
  const owner = { provider: pool.config.provider, keyId: lease.key.config.keyId };
  const remember = (ids: readonly string[]) => owners.remember(ids, owner);
  const isKept = request.method !== 'POST' || object !== undefined || isStored(path.root, head);
  if (!isKept && path.root !== 'responses') return undefined;
  remember([...path.ids, ...located(path.root, answer), ...foundElsewhere(sought, trace)]);
  return new AnswerIds(contentType(answer), remember, isKept);
}

/** Objects that another key has said it does not have: then this one has them. */
function foundElsewhere(sought: readonly string[] = [], { attempts }: RequestTrace): readonly string[] {
  if (sought.length === 0 || attempts.length < 2) return [];
  const misses = attempts.filter(({ verdict }) => verdict === 'object_not_found');
  return sought.filter((id) => misses.some(({ error = '' }) => error.includes(id)));
}

const LOCATION_MAX = 2_000;

/** A call, of which the answer is no JSON, is told in a header. */
function located(root: string, { status, headers: { location } }: UpstreamAnswer): readonly string[] {
  if (status !== 201 || typeof location !== 'string' || location.length > LOCATION_MAX) return [];
  const at = location.lastIndexOf(`/${root}/`);
  return at === -1 ? [] : (objectPath(location.slice(at).split(/[?#]/, 1)[0] ?? '')?.ids ?? []);
}

/** Some streams do not say that they are any. */
function contentType({ headers, isEventStream }: UpstreamAnswer): string {
  return isEventStream ? 'text/event-stream' : String(headers['content-type'] ?? '').toLowerCase();
}

/** Whether the provider keeps what the request makes: most do by default, chats only if they are asked to. */
function isStored(root: string, { store }: StoredHead): boolean {
  if (root === 'chat/completions') return store === true;
  return root !== 'responses' || store !== false;
}
