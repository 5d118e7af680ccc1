import { expect, it } from 'vitest';
import type { AttentionOf } from '../../../lib/admin/contract/stats';
import { attentionSentence } from '../../../lib/client/attention-sentence';

const keys: AttentionOf<'keys'> = {
  ...{ id: 'keys', kind: 'keys', severity: 'low', since: null, provider: 'openai', providerName: 'OpenAI' },
  ...{ state: 'disabled', status: 401, count: 4, of: 96, disabled: 0, resting: 0, nextBackAt: null },
  ...{ model: null, models: 0, reason: null },
};

/** What the sentence is given as the reason. */
function reasonIn(status: number | null, reason: string | null): unknown {
  let told: unknown;
  attentionSentence(
    { ...keys, status, reason },
    {
      say: (_key, values) => {
        told = values?.reason;
        return '';
      },
      time: String,
      reason: ({ reason: text }) => text ?? '',
      now: 0,
    },
  );
  return told;
}

it.each([
  [401, '401 invalid_api_key: Incorrect API key.', 'invalid_api_key: Incorrect API key.'],
  [429, '401 invalid_api_key: Incorrect API key.', '401 invalid_api_key: Incorrect API key.'],
  [401, '4010 times', '4010 times'],
  [null, '401 invalid_api_key', '401 invalid_api_key'],
  [401, null, ''],
])('keys disabled after %s for %j: the status is said once', (status, reason, told) => {
  expect(reasonIn(status, reason)).toBe(told);
});
