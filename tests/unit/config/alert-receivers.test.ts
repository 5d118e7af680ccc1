import { describe, expect, it } from 'vitest';
import { ALERT_RULES } from '../../../lib/config/alert-rules';
import { alertReceivers } from '../../../lib/config/values/alert-receivers';

const { schema } = alertReceivers;
const read = (entries: unknown) => schema.safeParse(JSON.stringify(entries));
const slack = { name: 'ops', kind: 'slack', url: 'https://hooks.slack.com/services/T/B/very-secret' };

describe('receivers of alerts', () => {
  it('are read with what is left out filled in', () => {
    expect(read([slack]).data).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
        name: 'ops',
        kind: 'slack',
        isEnabled: true,
        url: slack.url,
        token: '',
        chatId: '',
        secret: '',
        rules: ALERT_RULES,
        keysLowPercent: 20,
        quietHours: null,
        language: 'en',
        delaySeconds: 30,
      },
    ]);
    const telegram = { name: 'bot', kind: 'telegram', token: '123456:ABC-def', chat_id: -100123 };
    expect(read([telegram]).data).toMatchObject([{ url: 'https://api.telegram.org', chatId: '-100123' }]);
  });

  it('are written back as they are read', () => {
    const quiet_hours = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
    const { data = [] } = read([slack, { ...slack, name: 'b', rules: 'budget, keys_low', quiet_hours }]);
    expect(data[1]?.rules).toEqual(['budget', 'keys_low']);
    expect(schema.parse(schema.encode(data))).toEqual(data);
  });

  it.each([
    [[{ ...slack, url: undefined }], 'is missing'],
    [[{ ...slack, url: 'ftp://hooks.example/x' }], 'must start with http:// or https:// and a host'],
    [[{ ...slack, url: 'https://user:very-secret@x/' }], 'must not contain a user or password'],
    [[{ ...slack, url: 'https://x/\ny' }], 'must be one line without control characters'],
    [[{ ...slack, kind: 'email' }], 'must be one of json, slack, discord, telegram, ntfy'],
    [[{ ...slack, kind: 'ntfy', url: 'https://ntfy.sh/' }], 'must end with a topic'],
    [[{ ...slack, kind: 'telegram', chat_id: '1', token: 'very-secret' }], 'must be the token of a bot'],
    [[{ ...slack, kind: 'telegram', token: '1:very-secret' }], 'is missing'],
    [[slack, slack], 'is taken already'],
    [
      [
        { ...slack, id: 'a' },
        { ...slack, name: 'b', id: 'a' },
      ],
      'is taken already',
    ],
    [[{ ...slack, quiet_hours: { from: '25:00', to: '07:00', zone: 'UTC' } }], 'must be hours and minutes'],
    [
      [{ ...slack, quiet_hours: { from: '22:00', to: '07:00', zone: 'Nowhere' } }],
      'must be an IANA time zone',
    ],
    [[{ ...slack, keys_low_percent: 0 }], 'must be a number from 1 to 100'],
    [[{ ...slack, colour: 'red' }], 'has a field that is not known'],
    [{ name: 'no list' }, 'must be a JSON list'],
    [[{ ...slack, name: undefined }], 'is missing'],
    [[{ ...slack, name: 7 }], 'must be text'],
    [[{ ...slack, url: 7 }], 'must be text'],
    [['ops'], 'must be an object of name, kind and url'],
    [Array.from({ length: 51 }, (_, index) => ({ ...slack, name: String(index) })), '50 receivers at most'],
  ])('that are wrong are refused without a secret: %j', (entries, words) => {
    const { error } = read(entries);
    const said = JSON.stringify(error?.issues.map(({ message, path, code }) => ({ message, path, code })));
    expect(said).toContain(words);
    expect(said).not.toContain('very-secret');
  });
});
