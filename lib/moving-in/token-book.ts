import { z } from 'zod';
import { tokenSchema } from '../config/values/text';
import type { MovedToken } from './plan';
import { noteOf, plain, type Remarks } from './remarks';

export type NewToken = Pick<MovedToken, 'name' | 'value'> &
  Partial<MovedToken> & {
    /** Those of its models whose `*` is any text there too: elsewhere it is a character like all others. */
    readonly patterns?: readonly string[];
  };

const CHARACTERS = { min: 8, max: 512 };
const NAME_MAX = 100;
const MODEL_MAX = 191;
/** The most that each list of a token can have. */
export const TOKEN_LIST_MAX = 500;

/** All that is no list of providers. */
const RULES = ['isEnabled', 'expiresAt', 'models', 'allowedIps', 'limits', 'budget'] as const;

const addressSchema = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

const OPEN: Omit<MovedToken, 'name' | 'value'> = {
  isEnabled: true,
  expiresAt: null,
  models: [],
  providers: [],
  allowedIps: [],
  limits: {},
  budget: null,
  note: '',
};

/** The client tokens of a plan. None opens more here than it did: what cannot be kept out is disabled. */
export class TokenBook {
  readonly #byValue = new Map<string, MovedToken>();

  constructor(private readonly remarks: Remarks) {}

  /** The same token again counts as it was the first time. With the same rules, providers of either are allowed. */
  add({ patterns = [], ...given }: NewToken): void {
    const value = given.value.trim();
    const name = (plain(given.name) || 'token').slice(0, NAME_MAX);
    if (!isUsable(value)) {
      const { min, max } = CHARACTERS;
      const why = `it is not ${min} to ${max} characters that can be sent in a header`;
      this.remarks.add(`client token left out: ${why}`, name);
      return;
    }
    const token = { ...OPEN, ...given, value, name, note: noteOf(given.note ?? '') };
    const fresh = { ...token, ...this.#lists(name, token, patterns) };
    const known = this.#byValue.get(value);
    this.#byValue.set(value, known === undefined ? fresh : this.#joined(known, fresh));
  }

  #joined(known: MovedToken, again: MovedToken): MovedToken {
    const isAlike = RULES.every((rule) => JSON.stringify(known[rule]) === JSON.stringify(again[rule]));
    const how = isAlike ? 'for the providers of both' : 'with the rules of the first';
    this.remarks.add(`client token is there twice: it comes over once, ${how}`, again.name);
    if (!isAlike) return known;
    const token = { ...known, providers: bothOf(known.providers, again.providers) };
    return { ...token, ...this.#lists(known.name, token, token.models) };
  }

  list(): MovedToken[] {
    return [...this.#byValue.values()];
  }

  /** Disabled if a list that there was is too long, or nothing is left of it: the token would be open to all then. */
  #lists(
    name: string,
    token: MovedToken,
    patterns: readonly string[],
  ): Pick<MovedToken, 'models' | 'providers' | 'allowedIps' | 'isEnabled'> {
    const isName = (model: string): boolean => !model.includes('*') || patterns.includes(model);
    const literal = token.models.filter(isName);
    if (literal.length < token.models.length)
      this.remarks.add('models of a client token left out: * is any text here, and was not there', name);
    const models = unique(literal).filter((model) => model !== '' && model.length <= MODEL_MAX);
    const allowedIps = unique(token.allowedIps).filter((one) => addressSchema.safeParse(one).success);
    const isCut = (kept: readonly string[], all: readonly string[]): boolean =>
      kept.length < unique(all).length;
    if (isCut(models, literal))
      this.remarks.add('models of a client token left out: they are no names', name);
    if (isCut(allowedIps, token.allowedIps))
      this.remarks.add('addresses of a client token left out: they are neither addresses nor networks', name);
    const isOpened =
      (models.length === 0 && token.models.length > 0) ||
      (allowedIps.length === 0 && token.allowedIps.length > 0);
    const providers = unique(token.providers);
    const isLong = [models, allowedIps, providers].some((list) => list.length > TOKEN_LIST_MAX);
    if (!isOpened && !isLong) return { models, providers, allowedIps, isEnabled: token.isEnabled };
    const why = isOpened
      ? 'its restrictions do not fit'
      : `one of its lists has more than the ${TOKEN_LIST_MAX} that it can have`;
    this.remarks.add(`client token comes over disabled: ${why}`, name);
    const kept = providers.length > TOKEN_LIST_MAX ? [] : providers;
    return { models: [], providers: kept, allowedIps: [], isEnabled: false };
  }
}

function isUsable(value: string): boolean {
  const { min, max } = CHARACTERS;
  return tokenSchema.safeParse(value).success && value.length >= min && value.length <= max;
}

/** Restrictions of two sources of one token: none at all if either has none. */
function bothOf(known: readonly string[], again: readonly string[]): string[] {
  return known.length === 0 || again.length === 0 ? [] : unique([...known, ...again]);
}

const unique = (list: readonly string[]): string[] => [...new Set(list)];
