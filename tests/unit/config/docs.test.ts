import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'dotenv';
import { describe, expect, it } from 'vitest';
import {
  emptySettingsPage,
  renderEnvExample,
  renderSettingsTable,
  withSettingsTable,
} from '../../../lib/config/docs';
import { defaultSettings, parseSetting, settingNames } from '../../../lib/config/settings';

const fromRoot = (name: string) => readFileSync(resolve(import.meta.dirname, '../../..', name), 'utf8');

describe('.env.example', () => {
  it('agrees with the schema (else run "npm run generate")', () => {
    expect(fromRoot('.env.example')).toBe(renderEnvExample());
  });

  it('sets nothing as it is', () => {
    expect(parse(renderEnvExample())).toStrictEqual({});
  });

  it('gives every default, once, when the # is removed', () => {
    const values = parse(renderEnvExample().replaceAll(/^#(?=[A-Z])/gm, ''));
    expect(Object.keys(values).sort()).toStrictEqual([...settingNames].sort());
    for (const name of settingNames) {
      expect(parseSetting(name, values[name] ?? '')).toStrictEqual({
        ok: true,
        value: defaultSettings[name],
      });
    }
  });

  it('has examples that can be pasted', () => {
    const examples = parse(renderEnvExample().replaceAll(/^# Example: /gm, ''));
    expect(Object.keys(examples)).toContain('PROVIDERS_CONFIG');
    for (const [name, value] of Object.entries(examples)) {
      expect(parseSetting(name as 'PORT', value).ok, name).toBe(true);
    }
  });
});

describe('the table of docs/settings.md', () => {
  it('agrees with the schema (else run "npm run generate")', () => {
    const page = fromRoot('docs/settings.md');
    expect(withSettingsTable(page)).toBe(page);
  });

  it('has one row of four cells for every setting', () => {
    const rows = renderSettingsTable().split('\n').slice(2);
    expect(rows.map((row) => /^\| `(\w+)` \|/.exec(row)?.[1])).toStrictEqual(settingNames);
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(5);
  });

  it('leaves everything around it as it was, and is not changed by being written again', () => {
    const written = withSettingsTable(`before\n${emptySettingsPage}after\n`) ?? '';
    expect(written.startsWith('before\n')).toBe(true);
    expect(written.endsWith('-->\nafter\n')).toBe(true);
    expect(withSettingsTable(written)).toBe(written);
    expect(withSettingsTable('no markers')).toBeUndefined();
  });
});
