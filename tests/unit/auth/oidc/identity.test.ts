import { describe, expect, it } from 'vitest';
import { identityOf, personOf } from '../../../../lib/auth/oidc/identity';
import { roleOf } from '../../../../lib/auth/oidc/role-of';
import { defaultSettings } from '../../../../lib/config/settings';

const ISSUER = 'https://login.example.com/realms/team';
const settings = {
  ...defaultSettings,
  OIDC_ISSUER: ISSUER,
  OIDC_CLIENT_ID: 'gateway',
  OIDC_ADMINS: ['admins'],
  OIDC_OPERATORS: ['on-call', 'otto@example.com'],
  OIDC_VIEWERS: ['@example.com'],
};
const claims = { iss: ISSUER, sub: 'anna-1' };
const roleFor = (more: object, changed: Partial<typeof settings> = {}) => {
  const now = { ...settings, ...changed };
  const identity = identityOf({ ...claims, ...more }, now);
  return identity && roleOf(identity, now);
};

describe('a role', () => {
  it.each<[string, object, string | undefined]>([
    ['the strongest of several values', { groups: ['on-call', 'admins'] }, 'admin'],
    ['a claim that is one text', { groups: 'on-call' }, 'operator'],
    ['an address in any case of letters', { email: 'Otto@Example.COM', email_verified: true }, 'operator'],
    ['the domain of an address', { email: 'vera@example.com' }, 'viewer'],
    ['a domain that only ends alike', { email: 'eve@evil-example.com' }, undefined],
    ['a domain of another domain', { email: 'eve@example.com.evil.org' }, undefined],
    ['an address with two signs', { email: 'eve@example.com@evil.org' }, undefined],
    [
      'an address whose beginning would do',
      { email: `${'y'.repeat(242)}@example.com.evil.com`, email_verified: true },
      undefined,
    ],
    ['an address too long', { email: `${'y'.repeat(250)}@example.com` }, undefined],
    ['an address too long in bytes', { email: `${'名'.repeat(82)}@example.com` }, undefined],
    ['an address with letters of other scripts', { email: '名字@example.com' }, 'viewer'],
    ['an address of nobody', { email: '@example.com' }, undefined],
    ['an address with a space before it', { email: ' otto@example.com' }, undefined],
    ['an address with a line end', { email: 'otto@example.com\n' }, undefined],
    ['two addresses', { email: 'eve@evil.org,otto@example.com' }, undefined],
    ['an address with an invisible sign', { email: 'otto\u200b@example.com' }, undefined],
    ['an address with a filler', { email: 'otto\u3164@example.com' }, undefined],
    ['an address with a control character', { email: 'otto\u0000@example.com' }, undefined],
    ['an address with a lone surrogate', { email: 'otto\ud800@example.com' }, undefined],
    ['an address in quotes', { email: '"otto"@example.com' }, undefined],
    ['several addresses as a list', { email: ['otto@example.com'] }, undefined],
    ['an address that is not verified', { email: 'otto@example.com', email_verified: false }, undefined],
    ['one that is not verified, as text', { email: 'otto@example.com', email_verified: 'false' }, undefined],
    ['another case of letters of a value', { groups: ['Admins'] }, undefined],
    ['values that are no texts', { groups: [['admins'], { admins: true }, 7, null] }, undefined],
    ['an object as claim', { groups: { admins: true } }, undefined],
    ['nothing', {}, undefined],
  ])('comes by %s', (_how, more, role) => {
    expect(roleFor(more)).toBe(role);
  });

  it.each([[null], [0], [1], ['no'], ['TRUE'], [''], [[true]], [{}]])(
    'does not come by an address that is verified by %j',
    (isVerified) => {
      expect(roleFor({ email: 'otto@example.com', email_verified: isVerified })).toBeUndefined();
    },
  );

  it('comes by an address that is verified by a text, or of which nothing is said', () => {
    expect(roleFor({ email: 'otto@example.com', email_verified: 'true' })).toBe('operator');
    expect(roleFor({ email: 'otto@example.com', email_verified: undefined })).toBe('operator');
  });

  it('is for everybody where * says so, and not for whoever calls their group so', () => {
    expect(roleFor({}, { OIDC_VIEWERS: ['*'] })).toBe('viewer');
    expect(roleFor({ groups: ['*', '@example.com'] }, { OIDC_VIEWERS: ['@example.com'] })).toBeUndefined();
  });

  it('is found by a path, where a name with dots goes first, and by no path through what everything has', () => {
    const nested = { realm_access: { roles: ['admins'] } };
    expect(roleFor(nested, { OIDC_ROLES_CLAIM: 'realm_access.roles' })).toBe('admin');
    const named = { 'https://example.com/roles': ['admins'] };
    expect(roleFor(named, { OIDC_ROLES_CLAIM: 'https://example.com/roles' })).toBe('admin');
    expect(roleFor({}, { OIDC_ROLES_CLAIM: 'constructor.name', OIDC_ADMINS: ['Object'] })).toBeUndefined();
  });

  it('does not come by a letter that only has an ASCII letter as its small one', () => {
    const kelvin = { OIDC_VIEWERS: ['kim@example.com', '@kelvin.example'] };
    expect(roleFor({ email: 'Kim@example.com' }, kelvin)).toBe('viewer');
    expect(roleFor({ email: '\u212aim@example.com' }, kelvin)).toBeUndefined();
    expect(roleFor({ email: 'eve@\u212aelvin.example' }, kelvin)).toBeUndefined();
    expect(roleFor({ email: 'kim@example.com' }, { OIDC_VIEWERS: ['\u212aim@example.com'] })).toBeUndefined();
  });

  it('is that of the settings of the moment', () => {
    const identity = identityOf({ ...claims, groups: ['admins'] }, settings);
    if (identity === undefined) throw new Error('nobody');
    expect(roleOf(identity, { ...settings, OIDC_ADMINS: [], OIDC_VIEWERS: ['admins'] })).toBe('viewer');
    expect(roleOf(identity, { ...settings, OIDC_CLIENT_ID: 'other' })).toBeUndefined();
    expect(roleOf(identity, { ...settings, OIDC_ISSUER: 'https://other.example' })).toBeUndefined();
    expect(roleOf(identity, { ...settings, OIDC_ISSUER: '' })).toBeUndefined();
  });
});

describe('an identity', () => {
  it('is nobody without a subject, with one that is too long, or of another issuer; a slash at the end is the same one', () => {
    expect(identityOf({ iss: ISSUER }, settings)).toBeUndefined();
    expect(identityOf({ ...claims, sub: '' }, settings)).toBeUndefined();
    expect(identityOf({ ...claims, sub: 'x'.repeat(256) }, settings)).toBeUndefined();
    expect(identityOf({ ...claims, sub: '名'.repeat(86) }, settings)).toBeUndefined();
    expect(identityOf({ ...claims, sub: 'x'.repeat(255) }, settings)).toBeDefined();
    expect(identityOf({ ...claims, iss: 'https://other.example' }, settings)).toBeUndefined();
    expect(identityOf(null, settings)).toBeUndefined();
    expect(identityOf({ ...claims, iss: `${ISSUER}/` }, settings)).toMatchObject({ subject: 'anna-1' });
  });

  it('keeps of thousands of groups what the lists name, the strongest first, and no more than a cookie holds', () => {
    const groups = Array.from({ length: 5000 }, (_, at) => `group-${at}`);
    const lists = { ...settings, OIDC_VIEWERS: groups, OIDC_ADMINS: ['group-4999'] };
    const { values = [] } = identityOf({ ...claims, groups }, lists) ?? {};
    expect(values[0]).toBe('group-4999');
    expect(JSON.stringify(values).length).toBeLessThan(1300);
    expect(identityOf({ ...claims, groups: ['secret-project'] }, settings)?.values).toEqual([]);
  });

  it('is named in the audit list by what nobody chooses: the verified address, else the subject, in one short word', () => {
    const of = (more: object) => {
      const identity = identityOf({ ...claims, name: 'root 127.0.0.1', ...more }, settings);
      return identity && personOf(identity);
    };
    expect(of({ email: 'Anna@example.com' })).toBe('anna@example.com');
    expect(of({ email: 'boss@example.com', email_verified: false })).toBe('sub:anna-1');
    expect(of({ sub: 'a b\nc\u0000' })).toBe('sub:a_b_c_');
    expect(of({ sub: 'x'.repeat(255) })).toBe(`sub:${'x'.repeat(115)}…`);
    expect(of({ email: `${'y'.repeat(108)}@example.com.evil.com` })).toBe(`${'y'.repeat(108)}@example.co…`);
  });

  it('is named so that a subject does not read as a verified address', () => {
    const of = (sub: string) => {
      const identity = identityOf({ ...claims, sub }, settings);
      return identity && personOf(identity);
    };
    expect(of('boss@example.com')).toBe('sub:boss@example.com');
    expect(of('\u202emoc.elpmaxe@ssob')).toBe('sub:_moc.elpmaxe@ssob');
    expect(of('a\u00a0b\ud800c\u200bd\u2028e')).toBe('sub:a_b_c_d_e');
    expect(of('\u{20000}'.repeat(63))).toBe(`sub:${'\u{20000}'.repeat(57)}…`);
  });

  it('has a name of one line', () => {
    const nameOf = (more: object) => identityOf({ ...claims, ...more }, settings)?.name;
    expect(nameOf({ name: ' Anna\nExample ' })).toBe('Anna Example');
    expect(nameOf({ name: '', preferred_username: 'anna' })).toBe('anna');
    expect(nameOf({ name: 'Anna\u00a0\u3000 Example' })).toBe('Anna Example');
    expect(nameOf({ name: '\u202eAn\u200fna\u2066\u061c\ufeff\u200b' })).toBe('Anna');
    expect(nameOf({ name: 'An\ud800na\udc00' })).toBe('Anna');
    expect(nameOf({ name: '\u{1f600} 奥托' })).toBe('\u{1f600} 奥托');
    expect(nameOf({ name: '\u3164\u00a0\u200b', preferred_username: 'anna' })).toBe('anna');
    expect(nameOf({ sub: 'an\u202ena', name: '' })).toBe('anna');
    expect(nameOf({ sub: '\u200b', name: '' })).toBe('_');
    expect(nameOf({ name: 7 })).toBe('anna-1');
    expect(nameOf({ name: '名'.repeat(80) })).toHaveLength(80);
    expect(nameOf({ name: '名'.repeat(81), preferred_username: 'anna' })).toBe('anna');
    expect(nameOf({ sub: 'x'.repeat(255) })).toBe(`${'x'.repeat(79)}…`);
  });
});
