import { describe, expect, it } from 'vitest';
import { defaultSettings, isStartOnlyName, settingNames } from '../../../lib/config/settings';
import { readStartupSettings } from '../../../lib/config/startup';

describe('readStartupSettings', () => {
  it('gives every start-only setting, and only those', () => {
    const read = readStartupSettings({}, { MAX_FAILURES: 'not looked at' });
    const names = settingNames.filter(isStartOnlyName);
    const settings = Object.fromEntries(names.map((name) => [name, defaultSettings[name]]));
    expect(read).toStrictEqual({ ok: true, settings });
  });

  it('lets the environment beat the file, unless it is empty there', () => {
    const file = { PORT: '1', HOST: '127.0.0.1', DATA_DIR: '/file' };
    const read = readStartupSettings({ PORT: '2', HOST: '' }, file);
    expect(read).toMatchObject({ ok: true, settings: { PORT: 2, HOST: '127.0.0.1', DATA_DIR: '/file' } });
  });

  it('names every wrong value with its source', () => {
    const read = readStartupSettings({ PORT: 'x' }, { ENCRYPTION_KEY: 'short-secret', PORT: '1' });
    expect(read).toStrictEqual({
      ok: false,
      problems: [
        {
          name: 'PORT',
          source: 'environment',
          message: 'PORT: must be a whole number from 0 to 65535, got "x"',
        },
        {
          name: 'ENCRYPTION_KEY',
          source: 'file',
          message:
            'ENCRYPTION_KEY: must be 64 hex digits, 32 bytes in base64, or a passphrase of at least 16 characters, got (hidden)',
        },
      ],
    });
  });

  it.each(['mysql://root:hunter2pass@db:3306/x', 'root:hunter2pass@db', 'mysql://db/?password=hunter2pass'])(
    'never repeats the password of an address that stands in the wrong place: %s',
    (address) => {
      for (const name of ['DATABASE_TYPE', 'MYSQL_PORT', 'MYSQL_HOST', 'HOST', 'PORT']) {
        const read = readStartupSettings({ [name]: address }, {});
        expect(read.ok).toBe(false);
        expect(JSON.stringify(read)).toContain(`"${name}: `);
        expect(JSON.stringify(read)).not.toContain('hunter2pass');
      }
    },
  );
});
