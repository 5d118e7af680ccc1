import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../lib/config/env';

describe('readEnvironment', () => {
  it('keeps the settings that are present, empty ones too, and nothing else', () => {
    const { values } = readEnvironment({
      PORT: '1',
      API_KEYS: '',
      PATH: '/bin',
      constructor: 'x',
      HOST: undefined,
    });
    expect(values).toStrictEqual({ PORT: '1', API_KEYS: '' });
  });

  it('falls back to .env', () => {
    expect(readEnvironment({ ENV_FILE: '' }).envFile).toBe('.env');
    expect(readEnvironment({ ENV_FILE: '/x/y.env' }).envFile).toBe('/x/y.env');
  });
});
