import { describe, expect, it } from 'vitest';
import { accountOf } from '../../../../lib/openai/limits/account';

describe('accountOf', () => {
  it.each([
    [{ 'openai-organization': 'solo-io-1' }, 'solo-io-1'],
    // As recorded on 2025-11-16: a person's own organisation has a name of its own.
    [
      {
        'openai-organization': 'user-j2dlcmauhfkzofrqjehceoc7',
        'openai-project': 'proj_wN2FU9W9VUckqc7nz44xte9H',
      },
      'user-j2dlcmauhfkzofrqjehceoc7/proj_wN2FU9W9VUckqc7nz44xte9H',
    ],
    [{ 'openai-project': 'proj_1' }, 'proj_1'],
    [
      { 'anthropic-organization-id': '36562039-1ae4-48e6-ae28-1e517e3d2d12' },
      '36562039-1ae4-48e6-ae28-1e517e3d2d12',
    ],
    [
      { 'anthropic-organization-id': '3656', 'anthropic-workspace-id': 'wrkspc_1', 'openai-project': '' },
      '3656/wrkspc_1',
    ],
    [{ 'msh-org-id': 'org-1', 'msh-project-id': 'proj-2', 'msh-uid': '3' }, 'org-1/proj-2'],
    [{ 'openai-organization': ' acme ' }, 'acme'],
  ])('of %j is %s', (headers, account) => {
    expect(accountOf(headers)).toBe(account);
  });

  it.each(['', ' ', 'user-', 'User', 'null', 'default', 'personal', 'unknown', '-', 'a/b', 'a b', 'é'])(
    'takes %j for no name: strangers would share one account',
    (name) => {
      expect(accountOf({ 'openai-organization': name })).toBeUndefined();
    },
  );

  it('knows no endless names, and no lists', () => {
    expect(accountOf({ 'openai-organization': 'a'.repeat(128) })).toBe('a'.repeat(128));
    expect(accountOf({ 'openai-organization': 'a'.repeat(129) })).toBeUndefined();
    expect(accountOf({ 'openai-organization': ['a', 'b'] })).toBeUndefined();
    expect(accountOf({})).toBeUndefined();
  });
});
