import { expect, it } from 'vitest';
import { Redactors } from '../../../../lib/upstream/redaction/redactors';

const target = {
  provider: 'p',
  baseUrl: 'https://api.example.com/v1',
  customHeaders: { 'x-api-secret': 'first-secret' },
  timeoutMs: 1,
  idleTimeoutMs: 1,
};
const keyOf = (secret: string) => ({ secret, hint: 'k...y' });

it('a redactor is made once for a key, and anew when what it goes with has changed', () => {
  const redactors = new Redactors();
  const key = keyOf('sk-the-secret-key');
  const first = redactors.for(target, key);
  expect(redactors.for({ ...target, timeoutMs: 2 }, key)).toBe(first);

  const changed = redactors.for({ ...target, customHeaders: { 'x-api-secret': 'second-secret' } }, key);
  expect(changed.text('second-secret')).toBe('...');
  const egress = { egressId: 'e', url: 'http://user:the-password@proxy:1' };
  expect(redactors.for(target, key, egress).text('the-password')).toBe('...');
  expect(redactors.for(target, keyOf('sk-another-one')).text('sk-another-one')).toBe('k...y');
});

it('only so many are kept', () => {
  const redactors = new Redactors();
  const key = keyOf('sk-the-secret-key');
  const first = redactors.for(target, key);
  for (let count = 0; count < 2_000; count++) redactors.for(target, keyOf(`sk-number-${count}`));
  expect(redactors.for(target, key)).not.toBe(first);
});
