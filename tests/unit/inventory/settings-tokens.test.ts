import { expect, it } from 'vitest';
import {
  adminToken,
  AuthTokenKeeper,
  isSettingsTokenId,
  settingsTokenId,
} from '../../../lib/inventory/settings-tokens';
import { anotherStore, settings, temporaryStore } from './support';

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

it('a token has one name at all instances, and another one where the encryption key is another', async () => {
  const token = 'sk-client-0123456789abcdef';
  const store = await temporaryStore();
  const others = await temporaryStore(Buffer.alloc(32, 8));
  const [here, there, elsewhere] = [store, await anotherStore(store), others].map(({ clientTokens }) =>
    settingsTokenId(clientTokens, token),
  );
  expect(there).toBe(here);
  expect(elsewhere).not.toBe(here);
  expect(settingsTokenId(store.clientTokens, `${token}0`)).not.toBe(here);
  expect(here).toMatch(/^settings-[0-9a-f]{16}$/);
  expect(isSettingsTokenId(here ?? '')).toBe(true);
});

it('a token that has a row is none of the settings', async () => {
  const { upkeep } = await temporaryStore();
  expect(isSettingsTokenId((await upkeep.clientTokens.create('mine', 'sk-mine')).id)).toBe(false);
});
