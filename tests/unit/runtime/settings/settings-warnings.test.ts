import { expect, it } from 'vitest';
import { warnOfHeldBack, warnOfTokens } from '../../../../lib/runtime/settings/settings-warnings';
import { settings } from '../../inventory/support';

function warningsOf(tell: (logger: never) => void): string[] {
  const told: string[] = [];
  tell({ warn: (text: string) => told.push(text) } as never);
  return told;
}

it('tells of tokens that could be guessed, never of the tokens themselves', () => {
  const given = settings({ AUTH_TOKEN: 'fifteen-letters', METRICS_TOKEN: 'short', ALLOWED_TOKENS: [] });
  const told = warningsOf((logger) => warnOfTokens(given, given.AUTH_TOKEN, logger));
  expect(told).toHaveLength(2);
  expect(told[0]).toMatch(/^the admin token has fewer than 16 characters/);
  expect(told[1]).toMatch(/^METRICS_TOKEN has fewer than 16 characters/);
  expect(told.join()).not.toContain('fifteen-letters');
});

it('tells nothing of long ones', () => {
  const given = settings({ AUTH_TOKEN: 'sixteen-letters!', ALLOWED_TOKENS: ['sk-client'] });
  expect(warningsOf((logger) => warnOfTokens(given, given.AUTH_TOKEN, logger))).toEqual([]);
});

it('tells what of the file has to wait', () => {
  expect(warningsOf((logger) => warnOfHeldBack(['API_KEYS'], 2_000, '.env', logger))).toEqual([
    '.env may still be written (API_KEYS): what it says acts when it has stayed so for 2 s',
  ]);
  expect(warningsOf((logger) => warnOfHeldBack([], 5_000, '.env', logger))[0]).toMatch(/^\.env is not whole/);
});
