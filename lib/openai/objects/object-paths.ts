/** Where objects live that a provider keeps for the account that has made them. `path` is what follows `/v1`. */

/** What stands before an object's id; of two of which one begins the other, the longer one first. */
const ROOTS: readonly string[] = [
  'fine_tuning/checkpoints',
  'fine_tuning/jobs',
  'fine_tuning/alpha/graders',
  'agents/environments/templates',
  'agents/environments',
  'agents/automations',
  'agents/sessions',
  'agents',
  'audio/voice_consents',
  'audio/voices',
  'live/sessions',
  'webhook_endpoints',
  'chat/completions',
  'messages/batches',
  'video/generations/jobs',
  'video/generations',
  'realtime/sessions',
  'realtime/calls',
  'chatkit/sessions',
  'chatkit/threads',
  'memory_stores',
  'vector_stores',
  'conversations',
  'environments',
  'fine_tunings',
  'assistants',
  'fine-tunes',
  'containers',
  'responses',
  'batches',
  'threads',
  'uploads',
  'batch/jobs',
  'libraries',
  'sessions',
  'skills',
  'vaults',
  'videos',
  'files',
  'evals',
];

const byFirstLetter = new Map<number, string[]>();
for (const root of ROOTS) {
  const letter = root.charCodeAt(0);
  byFirstLetter.set(letter, [...(byFirstLetter.get(letter) ?? []), root]);
}

/** What may stand in an id's place and is none: the names of actions. */
const ACTIONS: ReadonlySet<string> = new Set([
  'runs',
  'compact',
  'input_tokens',
  'characters',
  'client_secrets',
  'count_tokens',
  'accept',
  'completions',
  'generations',
  'stream',
  'edits',
  'extensions',
  'run',
  'validate',
]);

/** What follows them in a path is no id: a number or a word. */
const NUMBERED: ReadonlySet<string | undefined> = new Set(['versions', 'content']);

/** Kinds whose lists are read from all keys, by their root. */
const LISTED: ReadonlySet<string> = new Set([
  'files',
  'batches',
  'messages/batches',
  'vector_stores',
  'assistants',
  'fine_tuning/jobs',
  'chat/completions',
  'videos',
  'containers',
  'evals',
  'skills',
  'chatkit/threads',
  'agents',
  'agents/automations',
  'agents/environments',
  'agents/environments/templates',
  'agents/sessions',
  'audio/voice_consents',
  'vaults',
  'webhook_endpoints',
]);

const NONE: readonly string[] = [];

export interface ObjectPath {
  /** `files`, `fine_tuning/jobs`. */
  readonly root: string;
  /** In the order of the path: the object itself, then those within it. */
  readonly ids: readonly string[];
  /** It names the object itself, and nothing that belongs to it. */
  readonly isWhole: boolean;
}

/** What a path says of objects; undefined of one that is about none. */
export function objectPath(path: string): ObjectPath | undefined {
  const root = rootOf(path);
  if (root === undefined) return undefined;
  if (path.length <= root.length + 2) return { root, ids: NONE, isWhole: false };
  const segments = path.slice(root.length + 2).split('/');
  if (segments.at(-1) === '') segments.pop();
  const ids: string[] = [];
  // A kind within a kind, as `videos/characters`, has its ids behind its name.
  const first = ACTIONS.has(segments[0] ?? '') ? 1 : 0;
  for (let at = first; at < segments.length; at += 2) {
    const segment = segments[at] ?? '';
    const id = NUMBERED.has(segments[at - 1]) || ACTIONS.has(segment) ? undefined : idOf(segment);
    if (id !== undefined) ids.push(id);
  }
  return { root, ids, isWhole: segments.length === first + 1 && ids.length === 1 };
}

const CURSOR = /[?&](?:after|before)(?:_id)?=([^&]+)/g;

/** The objects that a list is to begin behind or end before. */
export function cursorsIn(query: string): readonly string[] {
  if (!query.includes('=')) return NONE;
  const found = Array.from(query.matchAll(CURSOR), ([, value = '']) => idOf(value));
  return found.filter((id) => id !== undefined);
}

/** Whether all keys have a list of their own at this path. */
export function isListPath({ root, ids }: ObjectPath, path: string): boolean {
  return ids.length === 0 && LISTED.has(root) && path.length <= root.length + 2;
}

function rootOf(path: string): string | undefined {
  for (const root of byFirstLetter.get(path.charCodeAt(1)) ?? NONE) {
    const end = root.length + 1;
    if (path.startsWith(root, 1) && (path.length === end || path.charCodeAt(end) === SLASH)) return root;
  }
  return undefined;
}

const SLASH = 0x2f;

/** The longest that is remembered. */
export const ID_MAX = 255;
const ID = /^[!-~]{3,255}$/;

/** The id that a segment is, undefined for what can be none. */
export function idOf(segment: string): string | undefined {
  if (!segment.includes('%')) return ID.test(segment) ? segment : undefined;
  try {
    const id = decodeURIComponent(segment);
    return ID.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

const QUERY_REFERENCE = /[?&](?:[a-z_]+_id|conversation|container)=([^&]+)/g;

/** Ids that a query names as those of other objects: '' or `?...`. Cursors of lists are none. */
export function queryReferences(query: string): readonly string[] {
  if (!query.includes('=')) return NONE;
  const found = Array.from(query.matchAll(QUERY_REFERENCE), ([, value = '']) => idOf(value));
  return found.filter((id) => id !== undefined);
}
