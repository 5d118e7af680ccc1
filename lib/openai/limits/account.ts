import type { HeaderRecord } from '../../balancer/ports';

/** An organisation and a part of it: of OpenAI, Anthropic and Moonshot. */
const HEADERS = [
  ['openai-organization', 'openai-project'],
  ['anthropic-organization-id', 'anthropic-workspace-id'],
  ['msh-org-id', 'msh-project-id'],
] as const;

/**
 * The account that an answer says its key belongs to; undefined if it names none. Projects and workspaces have limits
 * and objects of their own, so both together are the account where both are named. A person's own organisation
 * ("user-...") is one like any other.
 */
export function accountOf(headers: HeaderRecord): string | undefined {
  for (const [whole, part] of HEADERS) {
    const organization = named(headers[whole]);
    const project = named(headers[part]);
    if (organization !== undefined)
      return project === undefined ? organization : `${organization}/${project}`;
    if (project !== undefined) return project;
  }
  return undefined;
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
