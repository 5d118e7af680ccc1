import { isDeepStrictEqual } from 'node:util';
import type { ClientTokenRow } from '../../store/client-token-row';
import type { PortableToken } from '../contract/tokens';
import type { AdminContext } from '../context';
import { wrongField } from '../error';
import { settingsOf, type TokenSurroundings } from './token-fields';
import { surroundingsOf, tokenValues } from './surroundings';
import { plannedToken, type PlannedToken } from './write-tokens';

/** What an import makes of one token. */
export type TokenOutcome =
  | { readonly kind: 'new'; readonly planned: PlannedToken }
  | {
      readonly kind: 'changed';
      readonly row: ClientTokenRow;
      readonly patch: Omit<PortableToken, 'hint' | 'value'>;
    }
  /** It is here already, and stays as it is. */
  | { readonly kind: 'skipped' };

/** Says of one token after the other what an import would make of it. Nothing is written. */
export class TokenImportPlan {
  readonly #surroundings: TokenSurroundings;
  readonly #known: ReadonlySet<string>;
  readonly #rows: ReadonlyMap<string, ClientTokenRow>;
  readonly #seen = new Set<string>();

  constructor(
    context: AdminContext,
    private readonly existing: 'skip' | 'update',
  ) {
    this.#surroundings = surroundingsOf(context);
    this.#known = tokenValues(context);
    this.#rows = new Map(context.configuration.inventory.clientTokens.map((row) => [row.value, row]));
  }

  /** Throws `invalid_input` and names the field. `field`: where the token stands in the input, as in `tokens.3.`. */
  next(given: PortableToken, field = ''): TokenOutcome {
    const token = { ...given };
    delete token.hint;
    if (token.value !== undefined && this.#seen.has(token.value))
      throw wrongField(`${field}value`, 'is the same as that of another one');
    const planned = plannedToken(token, this.#surroundings, field);
    this.#seen.add(planned.value);
    if (!this.#known.has(planned.value)) return { kind: 'new', planned };
    const row = this.#rows.get(planned.value);
    if (this.existing === 'skip' || row === undefined) return { kind: 'skipped' };
    const patch = { ...token };
    delete patch.value;
    const settings = settingsOf(patch, this.#surroundings, row, field);
    return isPartOf(settings, row) ? { kind: 'skipped' } : { kind: 'changed', row, patch };
  }
}

function isPartOf(settings: object, row: object): boolean {
  return Object.entries(settings).every(([name, value]) =>
    isDeepStrictEqual(value, (row as Readonly<Record<string, unknown>>)[name]),
  );
}
