import { expect, it } from 'vitest';
import { adminToken, AuthTokenKeeper } from '../../../lib/inventory/settings-tokens';
import { settings } from './support';

const made = () => 'sk-made';
const admin = (keeper: AuthTokenKeeper, AUTH_TOKEN: string) =>
  adminToken(keeper.inForce(settings({ AUTH_TOKEN, ALLOWED_TOKENS: ['sk-client'] })), made);

it('without AUTH_TOKEN from the start the first client token is the admin token', () => {
  expect(admin(new AuthTokenKeeper(() => undefined), '')).toBe('sk-client');
});

it('losing AUTH_TOKEN never makes a client token the admin token, and is told of once', () => {
  let told = 0;
  const keeper = new AuthTokenKeeper(() => (told += 1));
  expect(admin(keeper, 'sk-admin')).toBe('sk-admin');
  expect([admin(keeper, ''), admin(keeper, '')]).toEqual(['sk-admin', 'sk-admin']);
  expect(told).toBe(1);
});

it('another AUTH_TOKEN takes the place of the former one at once, also after a loss', () => {
  const keeper = new AuthTokenKeeper(() => undefined);
  admin(keeper, 'sk-admin');
  admin(keeper, '');
  expect(admin(keeper, 'sk-other')).toBe('sk-other');
  expect(admin(keeper, '')).toBe('sk-other');
});
