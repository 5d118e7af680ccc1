import { newTokenSchema, TOKENS_MAX } from '../contract/tokens';
import { plannedToken, type PlannedToken } from '../tokens/write-tokens';
import type { MovedToken } from '../../moving-in/plan';
import type { Remarks } from '../../moving-in/remarks';

/** What becomes of the client tokens of a plan. */
export interface TokenWork {
  readonly fresh: readonly PlannedToken[];
  readonly known: number;
}

export interface TokenParts {
  /** The slugs that the providers of the plan have here. */
  readonly slugs: ReadonlyMap<string, string>;
  /** Values of all tokens that are here. */
  readonly values: ReadonlySet<string>;
  /** Tokens that count against the most there can be. */
  readonly count: number;
  /** `TIMEZONE`. */
  readonly zone: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly remarks: Remarks;
}

/** With all rules, or not at all: a token never opens more here than it did. */
export function tokenWork(planned: readonly MovedToken[], parts: TokenParts): TokenWork {
  const { slugs, values, count, zone, now, remarks } = parts;
  const surroundings = { providers: [...slugs.values()], zone, now };
  const unknown = planned.filter(({ value }) => !values.has(value));
  const fresh: PlannedToken[] = [];
  for (const { providers, ...token } of unknown) {
    const own = providers.flatMap((ref) => slugs.get(ref) ?? []);
    const read = newTokenSchema.safeParse({ ...token, providers: own });
    if (!read.success) remarks.add('client token left out: one of its rules is not allowed here', token.name);
    else if (count + fresh.length >= TOKENS_MAX)
      remarks.add(`client token left out: there can be ${TOKENS_MAX}`, token.name);
    else fresh.push(plannedToken(read.data, surroundings));
  }
  return { fresh, known: planned.length - unknown.length };
}
