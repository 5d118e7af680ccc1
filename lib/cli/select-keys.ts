import { tagNames, tagTest } from '../config/key-tags';
import type { ApiKeyRow } from '../store/keys/key-row';
import type { ProviderRow } from '../store/rows';
import { failed, misused } from './failure';
import type { Program } from './program';

export type StoredKeyStatus = 'active' | 'cooling' | 'disabled_auto' | 'disabled_manual';

export interface KeyChoice {
  readonly provider?: string | undefined;
  readonly status?: string | undefined;
  /** With commas between them; keys have all of them. */
  readonly tag?: string | undefined;
}

export interface ChosenKey {
  readonly row: ApiKeyRow;
  readonly provider: string;
  readonly status: StoredKeyStatus;
}

const STATUSES: readonly string[] = [
  'active',
  'cooling',
  'disabled_auto',
  'disabled_manual',
] satisfies StoredKeyStatus[];

export async function findProvider({ store }: Program, slug: string): Promise<ProviderRow> {
  const providers = await store.providers.list(() => undefined);
  const found = providers.find((provider) => provider.slug === slug.toLowerCase());
  if (found !== undefined) return found;
  const known = providers.map((provider) => provider.slug).join(', ');
  throw failed(
    known === ''
      ? 'There are no providers yet: start the gateway once, or import an installation.'
      : `There is no provider '${slug}'. There are: ${known}`,
  );
}

/** Stored keys with the state that was last written: a running gateway writes what changes within seconds. */
export async function chooseKeys(program: Program, choice: KeyChoice, now: number): Promise<ChosenKey[]> {
  if (choice.status !== undefined && !STATUSES.includes(choice.status)) {
    throw misused(`--status must be one of ${STATUSES.join(', ')}`);
  }
  const hasTags = tagTest(tagNames(choice.tag ?? ''));
  const only = choice.provider === undefined ? undefined : await findProvider(program, choice.provider);
  const providers = await program.store.providers.list(() => undefined);
  const slugs = new Map(providers.map(({ id, slug }) => [id, slug]));
  return (await program.store.keys.loadAll(() => undefined))
    .filter((row) => only === undefined || row.providerId === only.id)
    .filter(({ tags }) => hasTags(tags))
    .map((row) => ({ row, provider: slugs.get(row.providerId) ?? '', status: statusOf(row, now) }))
    .filter(({ status }) => choice.status === undefined || status === choice.status);
}

function statusOf(row: ApiKeyRow, now: number): StoredKeyStatus {
  if (row.isDisabled) return row.disabledBy === 'manual' ? 'disabled_manual' : 'disabled_auto';
  const rests = [row.cooldownUntil ?? 0, ...Object.values(row.modelCooldowns)];
  return rests.some((until) => until > now) ? 'cooling' : 'active';
}
