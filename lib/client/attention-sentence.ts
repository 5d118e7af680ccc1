import type { AttentionItem, AttentionOf } from '../admin/contract/stats';
import {
  budgetValues,
  failingValues,
  keysValues,
  modelValues,
  providerValues,
  proxiesValues,
  proxyValues,
  yes,
} from './attention-values';

/** Whoever says it: in which language, and by which clock. */
export interface AttentionVoice {
  /** A message of `overview.attention`. */
  readonly say: (key: AttentionMessage, values?: Readonly<Record<string, string | number>>) => string;
  /** Of the day; with the date of another day. */
  readonly time: (at: number) => string;
  /** A reason, in the reader's language if it is the program's. */
  readonly reason: (item: AttentionItem & { readonly reason: string | null }) => string;
  readonly now: number;
}

export type AttentionMessage =
  | Exclude<AttentionItem['kind'], 'keys'>
  | (typeof keysMessage)[keyof typeof keysMessage]
  | 'otherProviders'
  | 'otherProxies';

const keysMessage = {
  resting: 'keysResting',
  disabled: 'keysDisabled',
  failing: 'keysFailing',
  none_left: 'keysNoneLeft',
} as const;

type Since = { readonly hasSince: 'yes' | 'no'; readonly since: string };
type Sentences = {
  readonly [Kind in AttentionItem['kind']]: (
    item: AttentionOf<Kind>,
    voice: AttentionVoice,
    since: Since,
  ) => string;
};

const sentences: Sentences = {
  keys(item, voice) {
    const reason = item.reason === null ? '' : withoutStatus(voice.reason(item), item.status);
    return voice.say(keysMessage[item.state], { ...keysValues(item, voice.now), reason });
  },
  waiting: ({ providerName: name, count }, { say }) => say('waiting', { name, count }),
  provider: (item, { say }, since) =>
    say('provider', { ...since, ...providerValues(item), helper: item.helper ?? say('otherProviders') }),
  failing: (item, { say }) => say('failing', failingValues(item)),
  model: (item, { say }, since) => say('model', { ...since, ...modelValues(item) }),
  proxy: (item, { say }, since) =>
    say('proxy', { ...since, ...proxyValues(item), through: item.through ?? say('otherProxies') }),
  proxies: (item, { say }, since) => say('proxies', { ...since, ...proxiesValues(item) }),
  alone: ({ reason }, { say }, since) => say('alone', { ...since, reason }),
  budget: (item, { say }) => say('budget', budgetValues(item)),
  shortage: ({ of }, { say }, since) => say('shortage', { ...since, of }),
};

/** What is wrong, in one sentence: that of the dashboard, and of alerts. */
export function attentionSentence(item: AttentionItem, voice: AttentionVoice): string {
  const { since, kind } = item;
  const began: Since = { hasSince: yes(since !== null), since: since === null ? '' : voice.time(since) };
  return (sentences[kind] as Sentences['keys'])(item as AttentionOf<'keys'>, voice, began);
}

/** The sentence has said it already: `401 invalid_api_key: ...` comes after 401. */
function withoutStatus(reason: string, status: number | null): string {
  const said = `${status ?? ''} `;
  return status !== null && reason.startsWith(said) ? reason.slice(said.length) : reason;
}
