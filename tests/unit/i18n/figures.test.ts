import { expect, test } from 'vitest';
import en from '../../../messages/en.json';
import zh from '../../../messages/zh.json';

test.each([
  ['English', en],
  ['Chinese', zh],
])(
  'figures of a key that count different things have different names in %s',
  (_language, { keys, proxies }) => {
    const { columns, drawer, usage } = keys;
    const inDrawer = [drawer.attempts, drawer.faults, drawer.failuresInARow, ...Object.values(usage)];
    expect(new Set(inDrawer).size).toBe(inDrawer.length);
    expect([usage.failedAttempts, columns.failures]).not.toContain(columns.errors);
    expect(proxies.columns.requests).not.toContain(usage.failedAttempts);
  },
);
