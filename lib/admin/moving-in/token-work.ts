import type { MovedToken } from '../../moving-in/plan';
import type { Remarks } from '../../moving-in/remarks';

/** What becomes of the client tokens of a plan. */
export interface TokenWork {
  readonly fresh: readonly Pick<MovedToken, 'name' | 'value'>[];
  readonly known: number;
}

/** A token that was not open to all would be here, so it is left out. */
export function tokenWork(
  planned: readonly MovedToken[],
  values: ReadonlySet<string>,
  remarks: Remarks,
): TokenWork {
  const unknown = planned.filter(({ value }) => !values.has(value));
  const fresh = unknown.filter((token) => {
    const rules = rulesOf(token);
    if (rules.length > 0)
      remarks.add(`client token left out: tokens have no ${rules.join(', ')} here`, token.name);
    return rules.length === 0;
  });
  return { fresh, known: planned.length - unknown.length };
}

function rulesOf({
  isEnabled,
  expiresAt,
  models,
  providers,
  allowedIps,
  limits,
  budget,
}: MovedToken): string[] {
  const rules: readonly (readonly [words: string, has: boolean])[] = [
    ['switch', !isEnabled],
    ['expiry', expiresAt !== null],
    ['models', models.length > 0],
    ['providers', providers.length > 0],
    ['addresses', allowedIps.length > 0],
    ['limits', Object.keys(limits).length > 0],
    ['budget', budget !== null],
  ];
  return rules.filter(([, has]) => has).map(([words]) => words);
}
