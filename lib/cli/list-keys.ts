import { chooseKeys, type ChosenKey, type KeyChoice } from './select-keys';
import type { Program } from './program';
import { tableOf, type Terminal } from './terminal';

/** Shows keys with their state; never a key itself. */
export async function listKeys(
  program: Program,
  terminal: Terminal,
  { isJson, ...choice }: KeyChoice & { readonly isJson: boolean },
  now: number,
): Promise<void> {
  const keys = await chooseKeys(program, choice, now);
  if (isJson) {
    for (const key of keys) terminal.print(`${JSON.stringify(itemOf(key))}\n`);
    return;
  }
  const head = ['ID', 'PROVIDER', 'KEY', 'STATE', 'FAILURES', 'ATTEMPTS', 'TAGS', 'REASON'];
  const rows = keys.map(({ row, provider, status }) => [
    row.id,
    provider,
    row.hint,
    status,
    String(row.failures),
    String(row.requestCount),
    row.tags.join(', '),
    (row.reason ?? '').replaceAll(/\s+/g, ' '),
  ]);
  terminal.print(tableOf(head, rows));
}

function itemOf({ row, provider, status }: ChosenKey): Record<string, unknown> {
  const { id, hint, reason, failures, requestCount, errorCount, cooldownUntil, modelCooldowns } = row;
  const { limits, account, tags } = row;
  const counts = { failures, requestCount, errorCount };
  return {
    id,
    provider,
    hint,
    status,
    reason,
    ...counts,
    cooldownUntil,
    modelCooldowns,
    limits,
    account,
    tags,
  };
}
