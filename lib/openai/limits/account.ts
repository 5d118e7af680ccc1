import type { HeaderRecord } from '../../balancer/ports';

/**
 * The account that an answer says its key belongs to; undefined if it names none. OpenAI has limits for each project of
 * an organisation, and objects belong to the project, so both together are the account where both are named. A person's
 * own organisation ("user-...") is one like any other.
 */
export function accountOf(headers: HeaderRecord): string | undefined {
  const organization = named(headers['openai-organization']);
  const project = named(headers['openai-project']);
  if (project !== undefined) return organization === undefined ? project : `${organization}/${project}`;
  return organization ?? named(headers['anthropic-organization-id']);
}

/** Names and ids; a slash is ours. Longer ones are none. */
const NAME = /^[\w.:@+-]{1,128}$/;
/** What stands where a name should: it would make strangers share one account. */
const NO_NAME = /^(?:-|none|null|nil|undefined|unknown|default|personal|anonymous|user-?|org-?|proj[_-]?)$/i;

function named(value: string | readonly string[] | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value.trim();
  return NAME.test(name) && !NO_NAME.test(name) ? name : undefined;
}
