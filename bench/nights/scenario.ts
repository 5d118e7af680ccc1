import type { Random } from '../../lib/balancer/ports';
import { FixedWindow, TokenBucket, type Allowance } from './allowance';
import type { NightAccount, NightKey, NightRequest, Troubles } from './world';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MODELS = ['gpt-4o', 'gpt-4o-mini'] as const;
const KEYS = 50;
const PER_MINUTE = 20;
const TOKENS_PER_MINUTE = 20_000;
const PROMPT_MEAN = 500;
const COMPLETION_MEAN = 300;
/** A bucket lets this much through at once. */
const BURST_MS = 10_000;

export interface Scenario {
  readonly name: string;
  readonly load: number;
  readonly lengthMs: number;
  /** Also organisations of three keys, keys without a model, deaths, empty accounts, day limits and troubles. */
  readonly isWhole: boolean;
}

/** One seed of a scenario: what each router meets alike. */
export interface Night {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly troubles: Troubles;
  readonly requests: readonly NightRequest[];
  /** With allowances that nothing has been taken from. */
  readonly keys: () => readonly NightKey[];
}

export const LOADS = [0.6, 0.9, 1, 1.2] as const;

export function scenarios(lengthMs: number): readonly Scenario[] {
  return [
    ...LOADS.map((load) => ({ name: 'limits only', load, lengthMs, isWhole: false })),
    ...LOADS.map((load) => ({ name: 'whole night', load, lengthMs, isWhole: true })),
  ];
}

/** The same night for the same seed. */
export function nightOf(scenario: Scenario, random: (seed: number) => Random, seed: number): Night {
  const startsAt = Date.UTC(2026, 0, 1);
  const endsAt = startsAt + scenario.lengthMs;
  const keys = () => keysOf(scenario, random(seed), startsAt);
  const accounts = new Set(keys().map(({ account }) => account)).size;
  return {
    startsAt,
    endsAt,
    troubles: scenario.isWhole ? troublesOf(startsAt, scenario.lengthMs) : NO_TROUBLES,
    requests: requestsOf(scenario.load * accounts * PER_MINUTE, startsAt, endsAt, random(seed + 1)),
    keys,
  };
}

const NO_TROUBLES: Troubles = { outages: [], brownouts: [], slowShare: 0 };

function troublesOf(startsAt: number, lengthMs: number): Troubles {
  const from = (share: number) => startsAt + share * lengthMs;
  return {
    outages: [{ from: from(0.5), to: from(0.5) + MINUTE }],
    brownouts: [{ from: from(0.7), to: from(0.78) }],
    slowShare: 0.01,
  };
}

/** Which keys of a whole night are special: from the first to before the last. */
const SPECIAL = {
  /** Three to an organisation. */
  shared: [0, 15],
  revoked: [16, 19],
  emptied: [20, 23],
  dayLimit: [30, 35],
  lacksModel: [40, KEYS],
} as const;

function keysOf({ isWhole, lengthMs }: Scenario, random: Random, startsAt: number): NightKey[] {
  const sometime = () => startsAt + (0.2 + 0.6 * random.next()) * lengthMs;
  const is = (index: number, kind: keyof typeof SPECIAL) =>
    isWhole && index >= SPECIAL[kind][0] && index < SPECIAL[kind][1];
  const perDay = (PER_MINUTE * lengthMs) / MINUTE / 2;
  let latest: NightAccount | undefined;
  return Array.from({ length: KEYS }, (_, index) => {
    const isFirst = index % 3 === 0 || !is(index, 'shared');
    const account: NightAccount =
      isFirst || latest === undefined
        ? accountOf(index, random, startsAt, {
            name: is(index, 'shared') ? `org-${index}` : undefined,
            emptyAt: is(index, 'emptied') ? sometime() : Infinity,
            perDay: is(index, 'dayLimit') ? perDay : undefined,
          })
        : latest;
    latest = account;
    return {
      keyId: `key-${index}`,
      account,
      models: new Set(is(index, 'lacksModel') ? [MODELS[1]] : MODELS),
      diesAt: is(index, 'revoked') ? sometime() : Infinity,
    };
  });
}

function accountOf(
  index: number,
  random: Random,
  startsAt: number,
  { name, emptyAt, perDay }: Pick<NightAccount, 'name' | 'emptyAt'> & { readonly perDay: number | undefined },
): NightAccount {
  const offset = startsAt - random.next() * MINUTE;
  const per = (limit: number): Allowance =>
    index % 2 === 0
      ? new TokenBucket(limit, MINUTE, startsAt, BURST_MS)
      : new FixedWindow(limit, MINUTE, offset);
  return {
    name,
    requests: per(PER_MINUTE),
    tokens: per(TOKENS_PER_MINUTE),
    day: perDay === undefined ? undefined : new FixedWindow(perDay, DAY, startsAt),
    hasHeaders: index % 4 < 2,
    emptyAt,
  };
}

/** Independent arrivals: as many clients as there are do not wait for each other. */
function requestsOf(perMinute: number, from: number, to: number, random: Random): NightRequest[] {
  const requests: NightRequest[] = [];
  const exponential = (mean: number) => -Math.log(1 - random.next()) * mean;
  for (let at = from + exponential(MINUTE / perMinute); at < to; at += exponential(MINUTE / perMinute)) {
    const completionTokens = Math.ceil(exponential(COMPLETION_MEAN));
    requests.push({
      arrivesAt: at,
      model: MODELS[random.next() < 0.5 ? 0 : 1],
      promptTokens: Math.ceil(exponential(PROMPT_MEAN)),
      completionTokens,
      askedTokens: random.next() < 0.5 ? Math.ceil(completionTokens * (1 + random.next())) : 0,
      firstByteMs: 300 + exponential(500),
      restMs: exponential(3_000),
    });
  }
  return requests;
}
