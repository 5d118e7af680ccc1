import type { Said } from '../admin/contract/said';
import { attentionSentence, type AttentionVoice } from '../client/attention-sentence';
import { isolated } from '../client/isolated';
import { saidText } from '../client/said-text';
import type { AlertLanguage } from '../config/alert-rules';
import type { Incident } from './incident';
import { oneLine, type AlertMessage } from './message';

type Values = Readonly<Record<string, string | number>>;
type Say = (key: string, values?: Values) => string;

/** What is known of the moment in which something is said. */
export interface Saying {
  readonly language: AlertLanguage;
  /** IANA name. */
  readonly zone: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Says things as the dashboard says them. */
export interface Words {
  sentence(item: Incident['item'], saying: Saying): string;
  title(message: Pick<AlertMessage, 'state' | 'incident'>, language: AlertLanguage): string;
  test(language: AlertLanguage): string;
}

const TODAY_MS = 12 * 3_600_000;

/**
 * @param readSaid what a text of the program says, by code
 */
export async function loadWords(readSaid: (text: string) => Said | undefined): Promise<Words> {
  // Large, and needed only where somebody is told of something.
  const [{ createTranslator }, { messagesOf }] = await Promise.all([
    import('next-intl'),
    import('../../i18n/messages'),
  ]);
  const sayerOf = (language: AlertLanguage, namespace: string): Say => {
    const messages = messagesOf(language);
    const t = createTranslator({
      locale: language,
      messages,
      namespace: namespace as never,
    }) as unknown as Say;
    return Object.assign((key: string, values: Values = {}) => t(key, isolatedValues(values)), {
      has: (key: string) => (t as unknown as { has(key: string): boolean }).has(key),
    });
  };
  const voiceOf = ({ language, zone, now }: Saying): AttentionVoice => ({
    say: sayerOf(language, 'overview.attention'),
    time: (at) => timeOf(at, { language, zone, now }),
    reason: ({ reason }) => {
      const text = reason ?? '';
      const [t, verdicts] = [sayerOf(language, 'said'), sayerOf(language, 'verdicts')];
      return saidText(readSaid(text), text, t as never, verdicts as never);
    },
    now,
  });
  return {
    sentence(item, saying) {
      if (item.kind !== 'keys_low') return capitalised(oneLine(attentionSentence(item, voiceOf(saying))));
      const { providerName: name, available, of } = item;
      return capitalised(
        oneLine(sayerOf(saying.language, 'alerts.messages')('keysLow', { name, available, of })),
      );
    },
    title({ state, incident }, language) {
      const say = sayerOf(language, 'alerts.messages');
      const severity = sayerOf(language, 'overview.attention.severity');
      return say('title', {
        what: state === 'begin' && incident !== undefined ? severity(incident.severity) : say(state),
      });
    },
    test: (language) => sayerOf(language, 'alerts.messages')('testText'),
  };
}

function isolatedValues(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? isolated(value) : value,
    ]),
  );
}

function timeOf(at: number, { language, zone, now }: Saying): string {
  const date = now - at < TODAY_MS ? {} : ({ month: 'short', day: 'numeric' } as const);
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone } as const;
  return new Intl.DateTimeFormat(language, { ...date, ...time }).format(at);
}

function capitalised(text: string): string {
  const [first = ''] = text;
  return first.toLocaleUpperCase('en') + text.slice(first.length);
}
