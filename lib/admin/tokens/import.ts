import type { EndpointInput } from '../contract/endpoint';
import type { PortableToken, tokensApi } from '../contract/tokens';
import type { AdminContext } from '../context';
import { TOKENS } from '../steps';
import { TokenImportPlan } from './import-plan';
import { surroundingsOf } from './surroundings';
import { refuseTooMany, writeNew, writePatch, type PlannedToken } from './write-tokens';
import type { ClientTokenRow } from '../../store/client-token-row';

type Input = EndpointInput<typeof tokensApi.import>;

interface Plan {
  readonly added: readonly PlannedToken[];
  readonly updated: readonly (readonly [ClientTokenRow, Omit<PortableToken, 'hint' | 'value'>])[];
  readonly skipped: number;
}

/** Makes all of them, or none. A value that is here already is skipped, or its token gets the rules that came. */
export async function importTokens(context: AdminContext, input: Input) {
  const { caller, configuration, store, spending } = context;
  const plan = await configuration.change(async (editor) => {
    const planned = planOf(context, input);
    refuseTooMany(editor.inventory.clientTokens.length, planned.added.length);
    const { added, updated, skipped } = planned;
    const periods = await store.change(caller, async (write) => {
      for (const token of added) await writeNew(write, token);
      const result = new Map<string, string>();
      for (const [token, patch] of updated) {
        const period = await writePatch(write, token, patch, token.version, surroundingsOf(context));
        if (period !== undefined) result.set(token.id, period);
      }
      const detail = { added: added.length, updated: updated.length, skipped };
      const target = `${input.tokens.length} tokens`;
      return { entry: { action: 'tokens.import', target, detail }, notes: TOKENS, result };
    });
    for (const [id, period] of periods) spending.reset(id, period);
    await editor.reloadClientTokens();
    return planned;
  });
  context.live.changed('tokens');
  const made = plan.added
    .filter(({ isGiven }) => !isGiven)
    .map(({ name, value }) => ({ name, token: value }));
  return { added: plan.added.length, updated: plan.updated.length, skipped: plan.skipped, made };
}

function planOf(context: AdminContext, { tokens, existing }: Input): Plan {
  const plan = new TokenImportPlan(context, existing);
  const added: PlannedToken[] = [];
  const updated: Plan['updated'][number][] = [];
  let skipped = 0;
  for (const [index, given] of tokens.entries()) {
    const outcome = plan.next(given, `tokens.${index}.`);
    if (outcome.kind === 'new') added.push(outcome.planned);
    else if (outcome.kind === 'changed') updated.push([outcome.row, outcome.patch]);
    else skipped += 1;
  }
  return { added, updated, skipped };
}
