import { createHash } from 'node:crypto';
import type { ApiKeyRow } from '../store/keys/key-row';
import type { PlannedKey, PlannedProvider } from './provider-plan';

/** What the settings may say of a key, and the dashboard as well. */
type KeyOptions = Pick<ApiKeyRow, 'weight' | 'limits' | 'account'>;

/** Names the options that the settings say something about. */
export type SaidOptions = ReadonlySet<string>;

const MAY_BE_SILENT = ['limits', 'account'] as const;

/** As a text, to be remembered until the settings change again. */
export function saidOptions(plan: readonly PlannedProvider[]): string {
  const said = plan.flatMap(({ keys }) =>
    keys.flatMap((key) =>
      MAY_BE_SILENT.filter((option) => key[option] !== undefined).map((option) => nameOf(key.value, option)),
    ),
  );
  return said.join('\n');
}

export function readSaidOptions(text: string | null | undefined): SaidOptions {
  return new Set(text?.split('\n') ?? []);
}

/** What of a key's options is to be changed: the settings' word, or none where they have taken theirs back. */
export function changedOptions(
  key: KeyOptions,
  wanted: PlannedKey,
  before: SaidOptions,
): Partial<KeyOptions> {
  const isTakenBack = (option: (typeof MAY_BE_SILENT)[number]): boolean =>
    wanted[option] === undefined && key[option] !== null && before.has(nameOf(wanted.value, option));
  return {
    ...(wanted.weight !== key.weight && { weight: wanted.weight }),
    ...(wanted.limits !== undefined && !isSame(wanted.limits, key.limits) && { limits: wanted.limits }),
    ...(isTakenBack('limits') && { limits: null }),
    ...(wanted.account !== undefined && wanted.account !== key.account && { account: wanted.account }),
    ...(isTakenBack('account') && { account: null }),
  };
}

/** Both were tidied: they have their members in the same order. */
const isSame = (a: object, b: object | null): boolean => JSON.stringify(a) === JSON.stringify(b);

const nameOf = (value: string, option: string): string =>
  `${createHash('sha256').update(value).digest('hex').slice(0, 24)} ${option}`;
