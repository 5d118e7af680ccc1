import type { ProviderItem } from '@/lib/admin/contract/providers';
import { PRESETS } from '@/lib/config/presets';
import { knownProviders } from '../providers/known-providers';

/** One provider to begin with. */
export interface GuideCard {
  /** `provider:slug` of one that is there, `known:name`, or `own`. */
  readonly id: string;
  readonly name: string;
  /** Empty where each customer has an address of their own: then it is asked for. */
  readonly baseUrl: string;
  /** How it takes its key, where the address does not tell. */
  readonly preset?: 'azure';
  /** Slug, if it is there already. */
  readonly provider?: string;
}

/** Never empty: the card for an address of one's own is always there. */
type GuideCards = readonly [...GuideCard[], GuideCard];

export const OWN = 'own';
const AZURE: GuideCard = { id: 'known:Azure', name: PRESETS.azure.name, baseUrl: '', preset: 'azure' };

/** Those that are there first, but those that everybody knows in their usual order. */
export function guideCards(providers: readonly ProviderItem[], ownName: string): GuideCards {
  const isKnown = ({ baseUrl }: ProviderItem) => knownProviders.some((known) => known.baseUrl === baseUrl);
  const there = providers
    .filter((provider) => provider.isEnabled && !isKnown(provider))
    .map(({ slug, name, baseUrl }) => ({ id: `provider:${slug}`, name, baseUrl, provider: slug }));
  const known = knownProviders.map(({ name, baseUrl }) => {
    const slug = providers.find((provider) => provider.baseUrl === baseUrl)?.slug;
    return { id: `known:${name}`, name, baseUrl, ...(slug === undefined ? {} : { provider: slug }) };
  });
  const [first, ...others] = known;
  return [
    ...there,
    ...(first === undefined ? [] : [first]),
    AZURE,
    ...others,
    { id: OWN, name: ownName, baseUrl: '' },
  ];
}

/** The card of that id; before one was chosen, the default provider's. */
export function chosenCard(cards: GuideCards, providers: readonly ProviderItem[], id: string): GuideCard {
  const standard = providers.find(({ isDefault }) => isDefault)?.slug;
  return (
    cards.find((card) => card.id === id) ??
    cards.find(({ provider }) => provider !== undefined && provider === standard) ??
    cards[0]
  );
}

/** What the provider at an address is called: `api.example.com` is Example, a number stays one. */
export function nameOfAddress(baseUrl: string): string {
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
  const labels = host.replace(/:\d+$/, '').split('.');
  const isName = labels.length > 1 && labels.some((label) => /[a-z]/i.test(label)) && !host.startsWith('[');
  const label = isName ? (labels.at(-2) ?? host) : host;
  return label.length < 3 || !isName ? host : label.charAt(0).toUpperCase() + label.slice(1);
}

/** Servers of one's own take any key. */
const ANY_KEY: Readonly<Record<string, string>> = { 'known:Ollama': 'ollama' };

/** What stands in the field of keys for this card before anything is typed. */
export function anyKeyOf(cardId: string): string {
  return ANY_KEY[cardId] ?? '';
}

/** Whether somebody has put a text into the field of keys. */
export function isTyped(text: string): boolean {
  return text.trim() !== '' && !Object.values(ANY_KEY).includes(text);
}
