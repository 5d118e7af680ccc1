import { nameOf, switchKeys as writeSwitch } from '../admin/keys/switch-keys';
import type { KeyAction } from '../balancer/pool/switch-key';
import type { ApiKeyRow } from '../store/keys/key-row';
import { failed, misused } from './failure';
import type { Program } from './program';
import { chooseKeys, type KeyChoice } from './select-keys';
import type { Terminal } from './terminal';

export interface SwitchedKeys extends KeyChoice {
  /** Ids, or the end of a hint; none of them means all that the choice leaves. */
  readonly names: readonly string[];
  readonly isAll: boolean;
}

/** Fewer characters would soon name the wrong key. */
const END_MIN = 3;

const DONE: Readonly<Record<KeyAction, string>> = { reset: 'reset', enable: 'enabled', disable: 'disabled' };

/** Resets, enables or disables keys, in the database and in the programs that run on it. */
export async function switchKeys(
  program: Program,
  terminal: Terminal,
  action: KeyAction,
  { names, isAll, ...choice }: SwitchedKeys,
  now: number,
): Promise<void> {
  const isNarrow = choice.provider !== undefined || choice.status !== undefined;
  if (names.length === 0 && !isNarrow && !isAll) {
    throw misused('Which keys? Name ids or ends of keys, --provider, --status, or --all.');
  }
  const chosen = (await chooseKeys(program, choice, now)).map(({ row }) => row);
  const keys = names.length === 0 ? chosen : names.flatMap((name) => named(chosen, name));
  await writeSwitch(program, { action, keys, target: nameOf(keys) });
  terminal.print(`${keys.length} ${keys.length === 1 ? 'key' : 'keys'} ${DONE[action]}\n`);
}

function named(keys: readonly ApiKeyRow[], name: string): ApiKeyRow[] {
  const isEnd = (hint: string): boolean => name.length >= END_MIN && hint.endsWith(name);
  const found = keys.filter(({ id, hint }) => id === name || hint === name || isEnd(hint));
  if (found.length === 0) throw failed(`There is no key '${name}'. \`list-keys\` shows them.`);
  if (found.length > 1) throw failed(`${found.length} keys are called '${name}'. Take the id of one.`);
  return found;
}
