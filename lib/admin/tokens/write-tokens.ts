import { randomBytes } from 'node:crypto';
import type { ClientTokenRow, ClientTokenSettings } from '../../store/client-token-row';
import type { ChangeWrites } from '../../store/changes/change';
import { TOKENS_MAX, type NewToken, type TokenPatch } from '../contract/tokens';
import { AdminError, wrongField } from '../error';
import { newPeriod, periodOf, settingsOf, type TokenSurroundings } from './token-fields';

/** A token that is to be made. */
export interface PlannedToken {
  readonly name: string;
  readonly value: string;
  readonly isGiven: boolean;
  readonly settings: Partial<ClientTokenSettings>;
  readonly period: string;
}

export function newTokenValue(): string {
  return `sk-balance-${randomBytes(24).toString('base64url')}`;
}

/** Throws `invalid_input` and names the field. `field`: where it stands in the input, as in `tokens.3.`. */
export function plannedToken(
  { name, value, ...rules }: NewToken,
  surroundings: TokenSurroundings,
  field = '',
): PlannedToken {
  const settings = settingsOf(rules, surroundings, undefined, field);
  return {
    name,
    value: value ?? newTokenValue(),
    isGiven: value !== undefined,
    settings,
    period: periodOf(settings.rules ?? null, surroundings),
  };
}

/** Throws `not_allowed` if there would be too many. */
export function refuseTooMany(count: number, added: number): void {
  if (count + added <= TOKENS_MAX) return;
  throw new AdminError('not_allowed', `There are ${TOKENS_MAX} tokens already; revoke some first.`);
}

/** Throws `invalid_input` for a value that a token has already, here or in the settings. */
export function refuseKnown(values: ReadonlySet<string>, { value }: PlannedToken, field = ''): void {
  if (values.has(value)) throw wrongField(`${field}value`, 'there is a token of this value already');
}

export function writeNew(write: ChangeWrites, planned: PlannedToken): Promise<ClientTokenRow> {
  return write.clientTokens.create(planned.name, planned.value, planned.settings, planned.period);
}

/**
 * Returns what its spending is stored under from now on, if it begins anew. Throws `conflict` if `version` is not that
 * of the token.
 */
export async function writePatch(
  write: ChangeWrites,
  token: ClientTokenRow,
  patch: TokenPatch,
  version: number,
  surroundings: TokenSurroundings,
): Promise<string | undefined> {
  const settings = settingsOf(patch, surroundings, token);
  await write.clientTokens.update(token.id, settings, version);
  const period = newPeriod(settings, token, surroundings);
  return period === undefined ? undefined : write.clientTokens.resetSpent(token.id, period);
}
