import type { HeaderRecord } from '../../balancer/ports';

/**
 * The account that an answer of OpenAI, Anthropic or Moonshot says its key belongs to; undefined if it names none.
 * Projects and workspaces have limits and objects of their own, so both together are the account where both are named.
 * A person's own organisation ("user-...") is one like any other.
 */
export function accountOf(headers: HeaderRecord): string | undefined {
  return (
    joined(headers['openai-organization'], headers['openai-project']) ??
    joined(headers['anthropic-organization-id'], headers['anthropic-workspace-id']) ??
    joined(headers['msh-org-id'], headers['msh-project-id'])
  );
}

type Value = HeaderRecord[string];

function joined(organizationValue: Value, projectValue: Value): string | undefined {
  const organization = named(organizationValue);
  const project = named(projectValue);
  return organization === undefined || project === undefined
    ? (organization ?? project)
    : `${organization}/${project}`;
}

/** Names and ids; a slash is ours. Longer ones are none. */
const NAME = /^[\w.:@+-]{1,128}$/;
/** What stands where a name should: it would make strangers share one account. */
const NO_NAME = /^(?:-|none|null|nil|undefined|unknown|default|personal|anonymous|user-?|org-?|proj[_-]?)$/i;

function named(value: Value): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value.trim();
  return NAME.test(name) && !NO_NAME.test(name) ? name : undefined;
}
