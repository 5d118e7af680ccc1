'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AddressCheck, ProviderItem } from '@/lib/admin/contract/providers';
import { codeOf } from '@/lib/client/api-error';
import { chatModelOf } from '@/lib/client/chat-models';
import { importKeys, keysKey } from '@/lib/client/keys';
import { presetAddress, PRESETS } from '@/lib/config/presets';
import { authAt } from '../providers/known-providers';
import { checkAddress, createProvider, providersKey, providersQuery } from '@/lib/client/providers';
import { statsKey } from '@/lib/client/stats';
import { isOver } from '@/lib/client/tasks';
import { nameOfAddress, OWN, type GuideCard } from './guide-cards';

export interface AddKeysInput {
  readonly card: GuideCard;
  readonly address: string;
  readonly text: string;
  readonly takesOdd: boolean;
  /** The address is used whatever it answers. */
  readonly isSure: boolean;
}

export interface AddedKeys {
  readonly provider: string;
  /** The task that goes on adding them; empty if all are there. */
  readonly adding: string;
  /** The task that tests them; empty if it has not begun. */
  readonly verification: string;
}

type AddKeysResult =
  { readonly kind: 'doubt'; readonly check: AddressCheck } | ({ readonly kind: 'added' } & AddedKeys);

/** Nothing that has answered there so far is an API. */
function isDoubtful({ outcome, suggestion }: AddressCheck): boolean {
  return outcome === 'unreachable' || outcome === 'not_an_api' || suggestion !== null;
}

/** Adds keys to the provider of a card, which is made first if it is not there, and has them tested. */
export function useAddKeys(onAdded: (added: AddedKeys) => void) {
  const client = useQueryClient();
  const providers = () => client.fetchQuery({ ...providersQuery, staleTime: 0 });

  return useMutation({
    mutationFn: async (input: AddKeysInput): Promise<AddKeysResult> => {
      const { card, address, text, takesOdd, isSure } = input;
      let { provider } = card;
      if (provider === undefined) {
        const baseUrl = addressOf(card, address);
        const check = await checkAddress({ baseUrl, auth: authOf(card, baseUrl), text });
        if (isDoubtful(check) && !isSure) return { kind: 'doubt', check };
        const same = (await providers()).items.find(({ baseUrl }) => baseUrl === check.baseUrl);
        provider = (same ?? (await create(card, check))).slug;
      }
      const odd = takesOdd ? 'take' : 'skip';
      const { report, task } = await importKeys({ provider, text, odd, verify: true });
      const adding = task !== null && !isOver(task) ? task.id : '';
      return { kind: 'added', provider, adding, verification: report?.verification ?? '' };
    },
    onSuccess: async (result) => {
      if (result.kind === 'doubt') return;
      await providers();
      onAdded(result);
      await Promise.all(
        [keysKey, statsKey, providersKey, ['provider-models']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
}

/** People copy Azure's address without its end, and may leave out the scheme of any. */
function addressOf({ baseUrl, preset }: GuideCard, address: string): string {
  if (baseUrl !== '') return baseUrl;
  const typed = address.trim();
  const url = /^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`;
  return preset === undefined ? address : presetAddress(preset, url);
}

function authOf({ preset }: GuideCard, baseUrl: string): string {
  return preset === undefined ? authAt(baseUrl) : PRESETS[preset].auth;
}

/** With a model of its list to test keys with. Another provider may have the name already. */
async function create(card: GuideCard, { baseUrl, models }: AddressCheck): Promise<ProviderItem> {
  const name = card.id === OWN ? nameOfAddress(baseUrl) : card.name;
  const testModel = chatModelOf(models ?? []) ?? null;
  const host = new URL(baseUrl).host;
  const names = [name, host, `${host} 2`, `${host} 3`];
  for (const candidate of names.slice(0, -1)) {
    try {
      return await createProvider({ name: candidate, baseUrl, auth: authOf(card, baseUrl), testModel });
    } catch (error) {
      if (codeOf(error) !== 'duplicate' && codeOf(error) !== 'invalid_input') throw error;
    }
  }
  return createProvider({ name: names.at(-1) ?? name, baseUrl, auth: authOf(card, baseUrl), testModel });
}
