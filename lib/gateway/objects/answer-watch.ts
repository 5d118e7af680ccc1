import type { LoopResult } from '../../balancer/attempts/attempt-loop';
import type { RequestTrace } from '../../balancer/attempts/trace';
import { AnswerIds, type Telling } from '../../openai/objects/answer-ids';
import { objectPath, type ObjectPath } from '../../openai/objects/object-paths';
import type { AnswerReading } from '../../openai/objects/references';
import type { UpstreamAnswer } from '../../upstream/answer/answer';
import type { ClientRequest } from '../exchange/exchange';
import type { LiveExchange } from '../exchange/live-exchange';
import type { ForwardedHead } from '../request/balanced-request';
import type { Binding } from './binding';
import type { ObjectOwners } from './object-owners';

type StoredHead = Pick<ForwardedHead, 'store' | 'asksForAudio'>;

/**
 * Takes note of what an answer creates, shows or deletes: its key owns that. What the answer merely mentions takes
 * nothing from another key. Returns what has to see the answer's bytes as they pass; undefined if they tell nothing.
 */
export function watchAnswer(
  { request, route }: LiveExchange,
  { path, sought }: Binding,
  head: StoredHead,
  result: LoopResult<UpstreamAnswer>,
  owners: ObjectOwners,
): AnswerIds | undefined {
  if (result.kind !== 'commit') return undefined;
  const { pool, lease, answer, trace } = result;
  if (answer.status >= 300) return undefined;
  const { provider } = pool.config;
  if (request.method === 'DELETE') return forget(path, provider, owners);
  const owner = { provider, keyId: lease.key.config.keyId };
  const remember = (ids: readonly string[]) => owners.remember(ids, owner);
  const elsewhere = foundElsewhere(sought, trace);
  if (elsewhere.length > 0) remember(elsewhere);
  const reading = isKnown(request, path)
    ? 'kept_answer'
    : readingOf(path?.root ?? route.path, route.path, head);
  if (reading === undefined) return undefined;
  if (path !== undefined) remember([...path.ids, ...located(path.root, answer)]);
  // What is read is what the path names: that is known already.
  const isMaking = request.method !== 'GET' && request.method !== 'HEAD';
  const take = (ids: readonly string[], telling: Telling) =>
    isMaking && telling === 'made' ? remember(ids) : owners.suppose(ids, owner);
  return new AnswerIds(contentType(answer), take, reading);
}

function forget(path: ObjectPath | undefined, provider: string, owners: ObjectOwners): undefined {
  const [object] = path?.ids ?? [];
  if (path?.isWhole === true && object !== undefined) owners.forget(object, provider);
}

/** Whether the answer shows what there is already. */
function isKnown({ method }: ClientRequest, path: ObjectPath | undefined): boolean {
  return path !== undefined && (method !== 'POST' || path.ids.length > 0);
}

/** Below a kind whose objects are kept, but making none. */
const AGENT_CHATS = '/agents/completions';

/**
 * What is read of the answer to what may make something, by its kind or else its path: most providers keep it by
 * default, chats only if they are asked to. Undefined for nothing.
 */
function readingOf(kind: string, path: string, head: StoredHead): AnswerReading | undefined {
  switch (kind) {
    case 'responses':
      return head.store === false ? 'answer' : 'kept_answer';
    case 'chat/completions':
      if (head.store === true) return 'kept_answer';
      return head.asksForAudio === true ? 'chat_answer' : undefined;
    case '/messages':
      return 'message_answer';
    default:
      return kind.startsWith('/') || path === AGENT_CHATS ? undefined : 'kept_answer';
  }
}

/** Objects that another key has said it does not have: then this one has them. */
function foundElsewhere(sought: readonly string[] = [], { attempts }: RequestTrace): readonly string[] {
  if (sought.length === 0 || attempts.length < 2) return [];
  const misses = attempts.filter(({ verdict }) => verdict === 'object_not_found');
  return sought.filter((id) => misses.some(({ error = '' }) => error.includes(id)));
}

const LOCATION_MAX = 2_000;

/** A call, of which the answer is no JSON, is told in a header. */
function located(root: string, { headers: { location } }: UpstreamAnswer): readonly string[] {
  if (typeof location !== 'string' || location.length > LOCATION_MAX) return [];
  const at = location.lastIndexOf(`/${root}/`);
  return at === -1 ? [] : (objectPath(location.slice(at).split(/[?#]/, 1)[0] ?? '')?.ids ?? []);
}

/** Some streams do not say that they are any. */
function contentType({ headers, isEventStream }: UpstreamAnswer): string {
  return isEventStream ? 'text/event-stream' : String(headers['content-type'] ?? '').toLowerCase();
}
