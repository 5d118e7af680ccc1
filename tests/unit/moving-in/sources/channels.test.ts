import { describe, expect, it } from 'vitest';
import { newApi } from '../../../../lib/moving-in/sources/new-api';
import { oneApi } from '../../../../lib/moving-in/sources/one-api';
import { sourceOf } from '../../../support/moving-in';

const NEVER = null;

describe('one-api', () => {
  const read = (also = '') => oneApi.read(sourceOf(oneApi, 'one-api.sql', { also }));
  const plan = read();
  const slugOf = (ref: string) => plan.providers.find((one) => one.ref === ref)?.slug;

  it('joins channels that differ in their key alone', () => {
    expect(plan.providers.map(({ slug, baseUrl, auth, keys }) => [slug, baseUrl, auth, keys.length])).toEqual(
      [
        ['openai-main', 'https://api.openai.com/v1', 'bearer', 2],
        ['azure-east', 'https://east.openai.azure.com/openai/v1', 'api-key', 1],
        ['claude', 'https://api.anthropic.com/v1', 'x-api-key', 1],
        ['local-vllm', 'http://10.0.0.5:8000/v1', 'bearer', 1],
      ],
    );
    expect(plan.providers[0]?.keys.map(({ state }) => state)).toEqual(['disabled', 'active']);
  });

  it('makes a route of each model: a priority is a tier, a mapping another name', () => {
    const routes = plan.routes.map(({ name, targets }) => [
      name,
      targets.map((one) => [slugOf(one.provider), one.model, one.tier]),
    ]);
    expect(Object.fromEntries(routes as [string, unknown][])).toEqual({
      'gpt-4o': [
        ['openai-main', null, 1],
        ['azure-east', null, 2],
      ],
      'gpt-4o-mini': [['openai-main', null, 1]],
      'claude-3-5-sonnet-20240620': [['claude', 'claude-sonnet-4', 1]],
      'qwen2.5': [['local-vllm', null, 1]],
    });
  });

  it('takes tokens as clients send them, with what is left of their quota in dollars', () => {
    expect(plan.tokens[0]).toMatchObject({
      value: 'sk-98b2r5e9mlefYE5443Ab330cA2484e4c87D2Ec70F67cA828',
      name: 'team a',
      isEnabled: true,
      expiresAt: NEVER,
      models: ['gpt-4o', 'gpt-4o-mini'],
      allowedIps: ['10.0.0.0/8', '192.168.1.5/32'],
      budget: { amount: 2, unit: 'usd', period: 'total' },
    });
    expect(plan.tokens[1]).toMatchObject({
      expiresAt: 1_893_456_000_000,
      budget: null,
      models: [],
      allowedIps: [],
    });
    // The group `default` has no channel of Claude.
    expect(plan.tokens[1]?.providers.map(slugOf)).toEqual(['openai-main', 'azure-east', 'local-vllm']);
  });

  it('counts in the units that the installation counts in', () => {
    const { tokens } = read("UPDATE options SET value = '1000000' WHERE key = 'QuotaPerUnit';");
    expect(tokens[0]?.budget?.amount).toBe(1);
  });

  it('opens nothing more than there: what has no place left is disabled', () => {
    const { tokens, remarks } = read(`UPDATE tokens SET subnet = 'office', remain_quota = -5 WHERE id = 1;
      UPDATE tokens SET status = 3, expired_time = -1 WHERE id = 2;`);
    expect(tokens[0]).toMatchObject({ isEnabled: false, budget: null });
    expect(tokens[1]).toMatchObject({ expiresAt: 1 });
    expect(remarks.map(({ text }) => text).join()).toMatch(/used up/);
  });

  it('names channels with protocols of their own, with their keys', () => {
    expect(plan.remarks).toContainEqual({
      text: 'channel left out: its type 33 has a protocol of its own',
      count: 1,
      items: ['Bedrock'],
    });
    expect(plan.remarks).toContainEqual(
      expect.objectContaining({ text: 'a system prompt does not come over' }),
    );
    expect(JSON.stringify(plan.remarks)).not.toMatch(/sk-|AKIA|98b2/);
  });

  it('is not taken for new-api, nor new-api for it', () => {
    expect(() => oneApi.read(sourceOf(oneApi, 'new-api.sql'))).toThrow(/import-from new-api/);
    expect(() => newApi.read(sourceOf(newApi, 'one-api.sql'))).toThrow(/import-from one-api/);
    expect(() => oneApi.read(sourceOf(oneApi, undefined))).toThrow(/no table `channels`/);
  });

  it('survives rows of nothing but NULL', () => {
    const odd = read(`INSERT INTO channels (id) VALUES (90); INSERT INTO tokens (id) VALUES (91);
      INSERT INTO channels (id, type, key, models, priority) VALUES (92, 1, char(10) || char(10), ',,', 'x');`);
    expect(odd.tokens).toHaveLength(2);
  });
});

describe('new-api', () => {
  const plan = newApi.read(sourceOf(newApi, 'new-api.sql'));
  const provider = (slug: string) => plan.providers.find((one) => one.slug === slug);

  it('takes each key of a channel with many, in its own state', () => {
    expect(provider('openai-many')).toMatchObject({
      headers: { 'OpenAI-Organization': 'org-test', 'X-Team': 'red' },
      proxies: ['socks5://10.0.0.9:1080'],
      testModel: 'gpt-4o-mini',
      keys: [
        { value: 'sk-test-na-aaaaaaaaaaaaaaaa1', state: 'active', note: 'paid' },
        { value: 'sk-test-na-aaaaaaaaaaaaaaaa2', state: 'found_dead' },
        { value: 'sk-test-na-aaaaaaaaaaaaaaaa3', state: 'disabled' },
      ],
    });
  });

  it('weighs the keys of channels that it joins', () => {
    expect(provider('claude-a')).toMatchObject({
      selectionPolicy: 'weighted',
      keys: [
        { weight: 3, state: 'active' },
        { weight: 7, state: 'disabled' },
      ],
    });
  });

  it('knows addresses that are words, and whole addresses', () => {
    expect(provider('glm-plan')?.baseUrl).toBe('https://open.bigmodel.cn/api/coding/paas/v4');
    expect(provider('custom')?.baseUrl).toBe('https://c.example.com/api');
  });

  it('knows accounts in addresses, and apps in keys', () => {
    const also = `INSERT INTO channels (id, type, key, name, other, models) VALUES
      (90, 39, 'cf-key', 'Cloudflare', 'acc-1', 'm'), (91, 39, 'cf-key', 'No account', '', 'm'),
      (92, 46, 'bce-key|app-1', 'Baidu', '', 'm'), (93, 8, 'k', 'Each', 'x', 'm');
      UPDATE channels SET base_url = 'https://x.example.com/{model}/chat' WHERE id = 93;`;
    const { providers, remarks } = newApi.read(sourceOf(newApi, 'new-api.sql', { also }));
    expect(providers.slice(-2).map(({ baseUrl, keys }) => [baseUrl, keys[0]?.value])).toEqual([
      ['https://api.cloudflare.com/client/v4/accounts/acc-1/ai/v1', 'cf-key'],
      ['https://qianfan.baidubce.com/v2', 'bce-key'],
    ]);
    const texts = remarks.map(({ text, items }) => `${text}: ${items.join()}`);
    expect(texts).toContain('channel left out: its type 39 has a protocol of its own: No account');
    expect(texts).toContain('channel left out: its address is made for each model: Each');
  });

  it('asks old channels of Azure for deployments without dots', () => {
    const targets = (name: string) => plan.routes.find((route) => route.name === name)?.targets;
    expect(targets('gpt-4.1')).toMatchObject([{ model: 'gpt-41' }]);
    expect(targets('gpt-4o')).toMatchObject([
      { model: null, tier: 1 },
      { model: 'dep-4o', tier: 2 },
    ]);
  });

  it('takes tokens with models, addresses, expiry and budget, of users that are let in', () => {
    expect(plan.tokens.map(({ name, isEnabled }) => [name, isEnabled])).toEqual([
      ['plain', true],
      ['limited', true],
      ['of a disabled user', false],
      ['used up', false],
    ]);
    expect(plan.tokens[1]).toMatchObject({
      models: ['claude-sonnet-4'],
      allowedIps: ['10.0.0.1', '192.168.0.0/16'],
      expiresAt: 1_893_456_000_000,
      budget: { amount: 2.5, unit: 'usd', period: 'total' },
      providers: [provider('claude-a')?.ref],
    });
    const texts = plan.remarks.map(({ text }) => text).join('\n');
    expect(texts).toContain("group 'gone'");
    expect(texts).toContain('users, their passwords');
  });
});
