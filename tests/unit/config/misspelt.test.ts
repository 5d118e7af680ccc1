import { expect, it } from 'vitest';
import { misspeltSettings } from '../../../lib/config/misspelt';
import { settingNames } from '../../../lib/config/settings';

it('finds slips in the names of settings, and says what was meant', () => {
  expect(misspeltSettings(['MAX_RETRY', 'API_KEY', 'ALOWED_TOKENS', 'max_failures', 'BASE_URLS'])).toEqual([
    { name: 'MAX_RETRY', meant: 'MAX_RETRIES' },
    { name: 'API_KEY', meant: 'API_KEYS' },
    { name: 'ALOWED_TOKENS', meant: 'ALLOWED_TOKENS' },
    { name: 'max_failures', meant: 'MAX_FAILURES' },
    { name: 'BASE_URLS', meant: 'BASE_URL' },
  ]);
});

it('leaves settings, and what is for other programs, alone', () => {
  expect(
    misspeltSettings([...settingNames, 'IMAGE', 'PATH', 'HOME', 'COMPOSE_PROJECT_NAME', 'OPENAI_API_KEY']),
  ).toEqual([]);
});
