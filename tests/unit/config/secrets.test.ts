import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconcile } from '../../../lib/config/reconcile';
import {
  parseSetting,
  type SettingName,
  settingDefinitions,
  settingNames,
} from '../../../lib/config/settings';

// Long enough that it cannot be a part of the message by chance, with characters that break URLs and JSON.
const secret = fc
  .array(fc.constantFrom(...'abzAZ019:/@?#%&=+.,;!$\'"\\ \n[]{}é'), { minLength: 6, maxLength: 24 })
  .map((characters) => `s3cr${characters.join('')}t`);

const messageOf = (name: SettingName, raw: string): string => {
  const parsed = parseSetting(name, raw);
  return parsed.ok ? '' : parsed.message;
};

const expectHidden = (message: string, hidden: string) => {
  for (const form of [hidden, JSON.stringify(hidden).slice(1, -1), encodeURIComponent(hidden)]) {
    expect(message).not.toContain(form);
  }
};

describe('messages', () => {
  const secretNames = settingNames.filter((name) => settingDefinitions[name].isSecret);

  it.each(secretNames)('never hold the text of %s, whatever is wrong with it', (name) => {
    fc.assert(
      fc.property(secret, (text) => {
        for (const raw of [
          text,
          `\u0007${text}`,
          `é${text}`,
          `["${text}"`,
          `[{"a":"${text}"}]`,
          JSON.stringify([7, text]),
        ]) {
          expectHidden(messageOf(name, raw), text);
        }
      }),
    );
  });

  it('never hold the password of a proxy, in no place that people put it', () => {
    fc.assert(
      fc.property(secret, (word) => {
        const shapes = [
          `ftp://user:${word}@h.example:21`,
          `user:${word}@h.example:80`,
          `http://user:${word}@`,
          `http://user:${word}@h.example:99999`,
          `socks5://user:${word}@h.example:1080/x`,
          `http://h.example:80?password=${word}`,
          `h.example:80:user:${word}`,
          `http://h.example:80:user:${word}`,
        ];
        for (const raw of shapes) expectHidden(messageOf('PROXIES', JSON.stringify([raw])), word);
      }),
    );
  });

  it('still show which proxy is meant', () => {
    const message = messageOf('PROXIES', 'ftp://user:hunter2@h.example:21');
    expect(message).toContain('PROXIES[0]');
    expect(message).toContain('"ftp://(hidden)@h.example:21"');
  });

  it('never hold the user, password or query of an address', () => {
    fc.assert(
      fc.property(secret, (word) => {
        for (const raw of [
          `https://u:${word}@h.example/v1`,
          `https://h.example/v1?key=${word}`,
          `u:${word}@h.example`,
        ]) {
          // Without @, ? or # in front of it, the word is a part of the path like any other.
          expectHidden(messageOf('BASE_URL', raw), word);
        }
      }),
    );
  });

  it('never hold keys, headers and addresses of PROVIDERS_CONFIG', () => {
    const fields: ((word: string) => Record<string, unknown>)[] = [
      (word) => ({ api_keys: [`é${word}`] }),
      (word) => ({ api_keys: [{ key: word, weight: -1 }] }),
      (word) => ({ api_keys: [{ [word]: 1 }] }),
      (word) => ({ api_keys: { [word]: 1 } }),
      (word) => ({ model_request_key: `é${word}` }),
      (word) => ({ custom_headers: { 'X-A': `\n${word}` } }),
      (word) => ({ custom_headers: { Authorization: word } }),
      (word) => ({ custom_headers: word }),
      (word) => ({ base_url: `https://u:${word}@h.example` }),
      (word) => ({ base_url: word }),
      (word) => ({ timeout: -1, api_keys: [word] }),
      (word) => ({ [word]: 1 }),
      (word) => ({ unknown: word }),
    ];
    fc.assert(
      fc.property(secret, fc.constantFrom(...fields), (word, field) => {
        const entry = { name: 'a', base_url: 'https://a.example', ...field(word) };
        expectHidden(messageOf('PROVIDERS_CONFIG', JSON.stringify([entry])), word);
      }),
      { numRuns: 500 },
    );
  });

  it('never come with the text itself in what is remembered of it', () => {
    const { records } = reconcile([], { environment: { AUTH_TOKEN: 'hunter2hunter2' } });
    const [{ appliedEnvironment }] = records as [(typeof records)[0]];
    expect(appliedEnvironment).toMatch(/^[0-9a-f]{64}$/);
  });

  it('salts what is remembered with the name', () => {
    const { records } = reconcile([], { environment: { AUTH_TOKEN: 'same', MODEL_REQUEST_KEY: 'same' } });
    expect(new Set(records.map((record) => record.appliedEnvironment)).size).toBe(2);
  });
});
