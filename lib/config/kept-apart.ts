/**
 * What has statistics of its own: keys, attempts (by proxy and verdict) and client tokens. They are kept apart, so no
 * two of them are asked for together. For the API and its pages alike; browsers load it.
 */
export type Apart = 'key' | 'attempt' | 'token';

/** By the names of groups; provider, model and outcome go with each. */
export const APART_OF_GROUP: Readonly<Record<string, Apart | undefined>> = {
  key: 'key',
  proxy: 'attempt',
  verdict: 'attempt',
  token: 'token',
};

/** By the names of filters. */
export const APART_OF_FILTER = {
  keyId: 'key',
  proxy: 'attempt',
  verdict: 'attempt',
  token: 'token',
} as const satisfies Readonly<Record<string, Apart>>;

export type ApartFilter = keyof typeof APART_OF_FILTER;
export const APART_FILTERS = Object.keys(APART_OF_FILTER) as readonly ApartFilter[];

const FIRST_WINS: readonly Apart[] = ['key', 'attempt', 'token'];

interface Asked extends Readonly<Partial<Record<ApartFilter, string | undefined>>> {
  readonly groupBy?: string | undefined;
}

/** Whose statistics are asked for: undefined for those of all traffic; the first of those that do not go together. */
export function apartAsked({ groupBy = 'none', ...filters }: Asked): Apart | undefined {
  const asked = new Set(
    APART_FILTERS.filter((name) => filters[name] !== undefined).map((name) => APART_OF_FILTER[name]),
  );
  const ofGroup = APART_OF_GROUP[groupBy];
  return FIRST_WINS.find((apart) => asked.has(apart) || ofGroup === apart);
}
