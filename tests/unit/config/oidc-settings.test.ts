import { describe, expect, it } from 'vitest';
import { parseSetting, type SettingName } from '../../../lib/config/settings';

describe('settings of the OpenID provider', () => {
  it.each<[SettingName, string, unknown]>([
    ['OIDC_ISSUER', 'https://Login.example.com/realms/team/', 'https://login.example.com/realms/team'],
    ['OIDC_ISSUER', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['OIDC_ISSUER', 'http://localhost:8080/x', 'http://localhost:8080/x'],
    ['OIDC_SCOPES', 'openid groups', 'openid groups'],
    ['OIDC_ROLES_CLAIM', 'realm_access.roles', 'realm_access.roles'],
    [
      'OIDC_ADMINS',
      'admins, anna@example.com,@example.org,*',
      ['admins', 'anna@example.com', '@example.org', '*'],
    ],
  ])('%s takes %s', (name, raw, value) => {
    expect(parseSetting(name, raw)).toEqual({ ok: true, value });
  });

  it.each<[SettingName, string]>([
    ['OIDC_ISSUER', 'http://login.example.com'],
    ['OIDC_ISSUER', 'http://127.0.0.1.evil.example'],
    ['OIDC_ISSUER', 'javascript:alert(1)'],
    ['OIDC_ISSUER', 'login.example.com'],
    ['OIDC_SCOPES', 'email profile'],
    ['OIDC_SCOPES', 'openid  email'],
    ['OIDC_ROLES_CLAIM', 'email'],
  ])('%s refuses %s', (name, raw) => {
    expect(parseSetting(name, raw)).toMatchObject({ ok: false });
  });

  it('says nothing of the secret', () => {
    const secret = 'two\u0000lines-of-a-secret';
    expect(JSON.stringify(parseSetting('OIDC_CLIENT_SECRET', secret))).not.toContain('lines-of');
  });
});
