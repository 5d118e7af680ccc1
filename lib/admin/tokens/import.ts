import type { EndpointInput } from '../contract/endpoint';
import type { PortableToken, tokensApi } from '../contract/tokens';
import type { AdminContext } from '../context';
import { wrongField } from '../error';
import { TOKENS } from '../steps';
import { settingsOf } from './token-fields';
import { surroundingsOf, tokenValues } from './surroundings';
import { plannedToken, refuseTooMany, writeNew, writePatch, type PlannedToken } from './write-tokens';
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
  const surroundings = surroundingsOf(context);
  const known = tokenValues(context);
  const rows = new Map(context.configuration.inventory.clientTokens.map((row) => [row.value, row]));
  const added: PlannedToken[] = [];
  const updated: Plan['updated'][number][] = [];
  const seen = new Set<string>();
  let skipped = 0;
  for (const [index, given] of tokens.entries()) {
    const token = { ...given };
    delete token.hint;
    const field = `tokens.${index}.`;
    if (token.value !== undefined && seen.has(token.value))
      throw wrongField(`${field}value`, 'is the same as that of another one');
    const planned = plannedToken(token, surroundings, field);
    seen.add(planned.value);
    if (!known.has(planned.value)) {
      added.push(planned);
      continue;
    }
    const row = rows.get(planned.value);
    if (existing === 'skip' || row === undefined) {
      skipped += 1;
      continue;
    }
    const patch = { ...token };
    delete patch.value;
    settingsOf(patch, surroundings, row, field);
    updated.push([row, patch]);
  }
  return { added, updated, skipped };
}
