/** What a receiver of alerts may be. Browsers load this file, so it imports nothing. */
export const ALERT_KINDS = ['json', 'slack', 'discord', 'telegram', 'ntfy'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** What it may be told of. */
export const ALERT_RULES = [
  'provider_down',
  'keys_out',
  'keys_low',
  'budget',
  'error_share',
  'proxy_down',
  'trouble',
] as const;
export type AlertRule = (typeof ALERT_RULES)[number];

export const ALERT_LANGUAGES = ['en', 'zh'] as const;
export type AlertLanguage = (typeof ALERT_LANGUAGES)[number];

/** From `from` to `to` each day, by the clocks of the zone; past midnight if `to` is the earlier one. */
export interface QuietHours {
  /** `22:00`. */
  readonly from: string;
  readonly to: string;
  /** IANA name. */
  readonly zone: string;
}

/** Somebody who is told of incidents. Holds secrets. */
export interface AlertReceiver {
  /** Stays the same when all else changes. */
  readonly id: string;
  readonly name: string;
  readonly kind: AlertKind;
  readonly isEnabled: boolean;
  /** Where messages go; of Telegram the address of its API. */
  readonly url: string;
  /** Of Telegram's bot, or ntfy's access token; empty for none. */
  readonly token: string;
  /** Telegram's chat. */
  readonly chatId: string;
  /** What messages are signed with; empty: they are not. */
  readonly secret: string;
  readonly rules: readonly AlertRule[];
  /** `keys_low`: fewer of a provider's keys than this can be used. */
  readonly keysLowPercent: number;
  readonly quietHours: QuietHours | null;
  readonly language: AlertLanguage;
  /** An incident is told once it has lasted that long, and its end once it has been over that long. */
  readonly delaySeconds: number;
}

export const ALERT_LIMITS = {
  receivers: 50,
  nameChars: 100,
  urlChars: 2000,
  secretChars: 500,
  keysLowPercent: { min: 1, max: 100, default: 20 },
  delaySeconds: { min: 0, max: 3600, default: 30 },
} as const;

export const TELEGRAM_API = 'https://api.telegram.org';
/** Hours and minutes. */
export const DAY_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Why no message can go to that address; undefined if one can. */
export function reasonAgainstAlertUrl(value: string): string | undefined {
  if (/[\s\\]/.test(value)) return 'must be an address without spaces and backslashes';
  if (!/^https?:\/\/[^/]/i.test(value)) return 'must start with http:// or https:// and a host';
  if (!URL.canParse(value)) return 'must be a valid http:// or https:// address';
  const { username, password } = new URL(value);
  if (username !== '' || password !== '') return 'must not contain a user or password';
  return value.includes('#') ? 'must not contain a fragment (#)' : undefined;
}
