import { keyHint } from '../../balancer/attribution/key-hint';
import type { EndpointAnswer, EndpointInput } from '../contract/endpoint';
import { portableTokenSchema, type tokensApi } from '../contract/tokens';
import type { AdminContext } from '../context';
import { AdminError } from '../error';
import { messageOf } from '../words/issue-message';
import { TokenImportPlan } from './import-plan';
import { refuseTooMany } from './write-tokens';

type Api = typeof tokensApi.previewImport;
type Answer = EndpointAnswer<Api>;
type Item = Answer['items'][number];

/** What an import of these tokens would do with each of them. Writes nothing, and refuses no token but in its report. */
export function previewTokenImport(context: AdminContext, { tokens, existing }: EndpointInput<Api>): Answer {
  const plan = new TokenImportPlan(context, existing);
  const present = context.configuration.inventory.clientTokens.length;
  let added = 0;
  const outcomeOf = (given: unknown): Pick<Item, 'outcome' | 'problem'> => {
    const read = portableTokenSchema.safeParse(given);
    if (!read.success) {
      const [issue] = read.error.issues;
      return refused(issue === undefined ? '' : `${issue.path.join('.')}: ${messageOf(issue)}`);
    }
    try {
      const { kind } = plan.next(read.data);
      if (kind === 'new') {
        refuseTooMany(present, added + 1);
        added += 1;
      }
      return { outcome: kind, problem: null };
    } catch (error) {
      if (error instanceof AdminError) return refused(error.message);
      throw error;
    }
  };
  const items = tokens.map((given): Item => ({ ...namesOf(given), ...outcomeOf(given) }));
  const count = (wanted: Item['outcome']) => items.filter(({ outcome }) => outcome === wanted).length;
  return {
    added: count('new'),
    updated: count('changed'),
    skipped: count('skipped'),
    refused: count('refused'),
    items,
  };
}

const refused = (problem: string): Pick<Item, 'outcome' | 'problem'> => ({ outcome: 'refused', problem });

const SHOWN_MAX = 100;
/** No token is longer. */
const VALUE_MAX = 512;

/** By what people know it, however wrong the rest of it is. */
function namesOf(given: Readonly<Record<string, unknown>>): Pick<Item, 'name' | 'hint'> {
  const { name, value, hint } = given;
  return {
    name: typeof name === 'string' ? name.trim().slice(0, SHOWN_MAX) : '',
    hint:
      typeof value === 'string'
        ? keyHint(value.slice(0, VALUE_MAX))
        : typeof hint === 'string'
          ? hint.slice(0, SHOWN_MAX)
          : null,
  };
}
