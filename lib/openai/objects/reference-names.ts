/**
 * Members that name an object at the provider, by their rank: what a request cannot be served without comes before what
 * it merely uses. Whatever the id looks like: compatible providers have prefixes of their own.
 */
const RANKS: ReadonlyMap<string, number> = new Map([
  ['previous_response_id', 0],
  ['conversation', 0],
  // Where a body says so it is a tool's word: the API itself says `conversation`.
  ['conversation_id', 1],
  ['upload_id', 1],
  ['thread_id', 1],
  ['run_id', 1],
  ['assistant_id', 1],
  ['batch_id', 1],
  ['eval_id', 1],
  ['input_file_id', 1],
  ['training_file', 1],
  ['validation_file', 1],
  ['training_files', 1],
  ['validation_files', 1],
  ['input_files', 1],
  ['consent', 1],
  ['fine_tuning_job_id', 1],
  // Made in the provider's own pages, where it is a project's. As text, neither is an id.
  ['prompt', 1],
  ['prompt_id', 1],
  ['workflow', 1],
  ['video', 2],
  ['video_id', 2],
  ['remixed_from_video_id', 2],
  ['vector_store_id', 2],
  ['vector_store_ids', 2],
  ['file_id', 2],
  ['file_ids', 2],
  ['output_file_id', 2],
  ['error_file_id', 2],
  ['container', 2],
  ['container_id', 2],
  ['skill_id', 2],
  ['voice', 2],
  ['characters', 2],
  ['library_ids', 2],
  ['output_file', 2],
  ['error_file', 2],
  ['result_files', 2],
  ['approval_request_id', 3],
  ['fine_tuned_model_checkpoint', 3],
]);

const part = (...names: string[]): ReadonlyMap<string, number> =>
  new Map(names.map((name) => [name, RANKS.get(name) ?? 2]));
/** Where nothing but the files of a prompt can be named. */
export const FILE_RANKS = part('file_id', 'file_ids');
/** Chats name stores of files, sound that an earlier answer has made, and voices too. */
export const CHAT_RANKS = part('file_id', 'file_ids', 'vector_store_ids', 'audio', 'voice');
export const MESSAGE_RANKS = part('file_id', 'file_ids', 'container', 'skill_id');

/** Elsewhere clients have sessions and agents of their own. */
const AGENTS = /^\/(agents|conversations|sessions|environments|vaults|memory_stores)/;
const AGENT_RANKS: ReadonlyMap<string, number> = new Map([
  ...RANKS,
  ['agent', 1],
  ['agent_id', 1],
  ['session_id', 1],
  ['automation_id', 1],
  ['environment_id', 1],
  ['environment_template_id', 1],
  ['vault_id', 2],
  ['vault_ids', 2],
  ['memory_store_id', 2],
]);

export type Ranks = Pick<ReadonlyMap<string, number>, 'get'>;

/** The members that name objects in requests to a path, by their rank; undefined for others. */
export function ranksAt(path: string): Ranks {
  return AGENTS.test(path) ? AGENT_RANKS : RANKS;
}

/** The same where the path does not matter. */
export function rankOf(member: string): number | undefined {
  return RANKS.get(member);
}

/** Members of which a text is no id, but an object with an `id` names one. */
const BY_OBJECT: ReadonlySet<string> = new Set([
  'prompt',
  'workflow',
  'video',
  'voice',
  'characters',
  'audio',
]);

export function isNamedByText(member: string): boolean {
  return !BY_OBJECT.has(member);
}

/** Providers' own skills, which all accounts share, have plain names such as `xlsx`. */
const OWN_SKILL = 'skill_';

/** Whether what a member names can be an account's own. */
export function isOwn(member: string, id: string): boolean {
  return member !== 'skill_id' || id.startsWith(OWN_SKILL);
}
