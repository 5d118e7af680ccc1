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
      // Unlimited itself: the other token of its user has 2 of the 100 dollars.
      budget: { amount: 98, unit: 'usd', period: 'total' },
      models: ['gpt-4o', 'gpt-4o-mini', 'qwen2.5'],
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
    expect(tokens[1]).toMatchObject({ isEnabled: false });
    expect(remarks.map(({ text }) => text).join()).toMatch(/used up.*expired/);
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

  it.each([
    ['whose user is not there', 'UPDATE tokens SET user_id = 99', 'its user is not there any more'],
    ['whose user is deleted', 'UPDATE users SET status = 3', 'its user is disabled'],
    ['of a status that nobody knows', 'UPDATE tokens SET status = NULL', 'its status is not known'],
    ['with a list of no models', "UPDATE tokens SET models = ','", 'it may be used for nothing'],
    ['with a list of no networks', "UPDATE tokens SET subnet = ' '", 'it may be used for nothing'],
  ])('opens nothing for a token %s', (_what, sql, reason) => {
    const { tokens, remarks } = read(`${sql};`);
    expect(tokens.map(({ isEnabled }) => isEnabled)).toEqual([false, false]);
    expect(remarks.map(({ text }) => text)).toContain(`client token comes over disabled: ${reason}`);
  });

  it('follows a mapping for one step', () => {
    const { routes } = read(
      `UPDATE channels SET models = 'a,b', model_mapping = '{"a":"b","b":"c"}' WHERE id = 1;`,
    );
    const sent = (name: string) => routes.find((route) => route.name === name)?.targets[0]?.model;
    expect(['a', 'b'].map(sent)).toEqual(['b', 'c']);
  });

  it.each([2, 3])(
    'takes a key of two channels as the one that is on has it, after one of status %i',
    (status) => {
      const { providers } = read(`UPDATE channels SET key = 'same-key' WHERE id < 3;
      UPDATE channels SET status = ${status} WHERE id = 1; UPDATE channels SET status = 1 WHERE id = 2;`);
      expect(providers[0]?.keys.map(({ value, state }) => [value, state])).toEqual([['same-key', 'active']]);
    },
  );

  it('takes no * for any text, in a token as in a channel', () => {
    const { tokens, routes, remarks } = read(`UPDATE tokens SET models = 'gpt-4o*' WHERE id = 1;
      UPDATE tokens SET models = '*,gpt-4o' WHERE id = 2;
      UPDATE channels SET models = '*,gpt-4o,gpt-4-gizmo-*' WHERE id = 1;`);
    expect(tokens.map(({ isEnabled, models }) => [isEnabled, models])).toEqual([
      [false, []],
      [true, ['gpt-4o']],
    ]);
    expect(routes.filter(({ name }) => name.includes('*'))).toEqual([]);
    const told = remarks.filter(({ text }) => text.includes('* is any text')).map(({ items }) => items);
    expect(told).toEqual([
      ['*', 'gpt-4-gizmo-*'],
      ['team a', tokens[1]?.name],
    ]);
  });

  it('has no account that fits into no address', () => {
    const { remarks } = read(`INSERT INTO channels (id, type, key, name, config)
      VALUES (90, 37, 'k', 'Half', '{"user_id":"\\ud800"}');`);
    expect(remarks.find(({ text }) => text.includes('its type 37'))?.items).toEqual(['Half']);
  });

  it('knows no group that stands for others', () => {
    const { tokens } = read('UPDATE users SET "group" = \'auto\';');
    expect(tokens).toEqual([]);
  });

  it('is not taken for new-api, nor new-api for it', () => {
    expect(() => oneApi.read(sourceOf(oneApi, 'new-api.sql'))).toThrow(/import-from new-api/);
    expect(() => newApi.read(sourceOf(newApi, 'one-api.sql'))).toThrow(/import-from one-api/);
    expect(() => oneApi.read(sourceOf(oneApi, undefined))).toThrow(/no table `channels`/);
    // Before there were channels with many keys; and without any channel.
    for (const also of ['ALTER TABLE channels DROP COLUMN channel_info;', 'DELETE FROM channels;'])
      expect(() => oneApi.read(sourceOf(oneApi, 'new-api.sql', { also }))).toThrow(/import-from new-api/);
    const also = 'DELETE FROM channels;';
    expect(() => newApi.read(sourceOf(newApi, 'one-api.sql', { also }))).toThrow(/import-from one-api/);
    // A database of one-api that new-api has taken over.
    const both = 'ALTER TABLE channels ADD COLUMN config TEXT; ALTER TABLE tokens ADD COLUMN subnet TEXT;';
    expect(newApi.read(sourceOf(newApi, 'new-api.sql', { also: both })).providers).toHaveLength(6);
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

  it('asks other gateways as OpenAI, and one of Cloudflare without the version', () => {
    const also = `INSERT INTO channels (id, type, key, status, name, base_url, models) VALUES
      (90, 59, 'k-1', 1, 'Sub', 'https://sub.example.com', 'm'), (91, 60, 'k-2', 1, 'New', 'https://new.example.com', 'm'),
      (92, 1, 'k-3', 1, 'Gateway', 'https://gateway.ai.cloudflare.com/v1/acc/gw/openai', 'm'),
      (93, 3, 'k-4', 1, 'Gateway of Azure', 'https://gateway.ai.cloudflare.com/v1/acc/gw/azure-openai/r', 'm');`;
    for (const [program, fixture, count] of [
      [newApi, 'new-api.sql', 3],
      [oneApi, 'one-api.sql', 1],
    ] as const) {
      const { providers, remarks } = program.read(sourceOf(program, fixture, { also }));
      expect(providers.slice(-count).map(({ baseUrl, auth }) => [baseUrl, auth])).toEqual(
        [
          ['https://sub.example.com/v1', 'bearer'],
          ['https://new.example.com/v1', 'bearer'],
          ['https://gateway.ai.cloudflare.com/v1/acc/gw/openai', 'bearer'],
        ].slice(-count),
      );
      expect(remarks.find(({ text }) => text.includes('address is made for each model'))?.items).toContain(
        'Gateway of Azure',
      );
    }
  });

  it('takes over what it can of newer settings, and tells the others', () => {
    const set = (settings: object, id: number) =>
      `UPDATE channels SET settings = '${JSON.stringify(settings)}' WHERE id = ${id};`;
    const { providers, remarks } = read(`ALTER TABLE channels ADD COLUMN settings TEXT;
      ${set({ claude_beta_query: true, allow_service_tier: true, disable_store: true }, 3)}
      ${set({ azure_responses_version: 'preview', upstream_model_update_last_check_time: 7 }, 2)}
      UPDATE channels SET settings = '{' WHERE id = 5;`);
    expect(providers.find(({ name }) => name === 'Claude A')?.query).toEqual({ beta: 'true' });
    const told = remarks.filter(({ text }) => text.startsWith('settings of a channel that do not'));
    expect(told.map(({ text, items }) => [text.split(': ')[1], items[0]])).toEqual([
      ['force_format', 'OpenAI many'],
      ['azure_responses_version', 'Azure'],
      ['disable_store', 'Claude A'],
    ]);
    expect(remarks.find(({ text }) => text.endsWith('no JSON: settings'))?.items).toEqual(['GLM plan']);
  });

  it('has providers in the order of their channels, whatever order a database gives', () => {
    const source = sourceOf(newApi, 'new-api.sql');
    const tables = new Map(source.tables).set(
      'channels',
      [...(source.tables.get('channels') ?? [])].reverse(),
    );
    expect(newApi.read({ ...source, tables }).providers.map(({ slug }) => slug)).toEqual(
      plan.providers.map(({ slug }) => slug),
    );
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

  const read = (also: string) => newApi.read(sourceOf(newApi, 'new-api.sql', { also }));
  const FIRST = 'WHERE id = 1;';

  it.each([
    [
      'whose user is deleted',
      "UPDATE users SET deleted_at = '2026-01-01 00:00:00+00:00'",
      'its user is not there any more',
    ],
    ['whose user is not there', 'UPDATE tokens SET user_id = 99', 'its user is not there any more'],
    ['that may use no models', 'UPDATE tokens SET model_limits_enabled = 1', 'it may be used for nothing'],
    [
      'that is expired, whatever its time',
      'UPDATE tokens SET status = 3, expired_time = 4000000000',
      'it is expired',
    ],
    [
      'that is exhausted, whatever is left',
      'UPDATE tokens SET status = 4, unlimited_quota = 1',
      'its quota is used up',
    ],
    ['of a status that nobody knows', 'UPDATE tokens SET status = 9', 'its status is not known'],
    ['that ended in 1970', 'UPDATE tokens SET expired_time = 0', 'it is expired'],
    ['that ended before', 'UPDATE tokens SET expired_time = -2', 'it is expired'],
    [
      'that no client can send',
      "UPDATE tokens SET key = 'abcd-efgh-ijkl'",
      'its value has a - in it, behind which that program reads nothing',
    ],
    [
      'with addresses that a comma parts',
      "UPDATE tokens SET allow_ips = '10.0.0.1,10.0.0.2'",
      'its restrictions do not fit',
    ],
    ['without a time', 'UPDATE tokens SET expired_time = NULL', 'it is expired'],
  ])('opens nothing for a token %s', (_what, sql, reason) => {
    const { tokens, remarks } = read(`${sql} ${FIRST}`);
    expect(tokens[0]).toMatchObject({ name: 'plain', isEnabled: false });
    const told = remarks.find(({ text }) => text === `client token comes over disabled: ${reason}`);
    expect(told?.items).toContain('plain');
  });

  it.each([
    [
      'vip',
      `INSERT INTO options VALUES ('UserUsableGroups', '{"default":"","pro":""}')`,
      'its user may not use its group',
    ],
    ['vip', `INSERT INTO options VALUES ('GroupRatio', '{"default":1}')`, 'its group is given up'],
    [
      'vip',
      `INSERT INTO options VALUES ('group_ratio_setting.group_special_usable_group', '{"default":{"-:vip":"x"}}')`,
      'its user may not use its group',
    ],
    ['pro', `INSERT INTO options VALUES ('GroupRatio', '{"pro":1}')`, 'its user may not use its group'],
    ['vip', `INSERT INTO options VALUES ('UserUsableGroups', '')`, 'its user may not use its group'],
    ['svip', '', 'its user may not use its group'],
    ['pro', `INSERT INTO options VALUES ('UserUsableGroups', '{"pro":""}')`, 'its group is given up'],
    ['auto', '', 'its user may not use its group'],
  ])('opens nothing for a token of a group that it may not use: %s, %s', (group, sql, reason) => {
    const groups = `UPDATE channels SET "group" = "group" || ',pro,svip' WHERE id = 3;`;
    const { tokens, remarks } = read(`${groups} UPDATE tokens SET "group" = '${group}' ${FIRST} ${sql};`);
    expect(tokens[0]?.isEnabled).toBe(false);
    expect(remarks.map(({ text }) => text)).toContain(`client token comes over disabled: ${reason}`);
  });

  it('keeps a token of a group to its providers, also where that are all, or groups of an option', () => {
    const slugs = (also: string) => {
      const { providers, tokens } = read(also);
      return tokens
        .find(({ name }) => name === 'plain')
        ?.providers.map((ref) => providers.find((one) => one.ref === ref)?.slug);
    };
    const all = ['openai-many', 'azure', 'claude-a', 'glm-plan', 'custom', 'gemini'];
    expect(slugs('UPDATE channels SET "group" = \'vip,default\';')).toEqual(all);
    const auto = `UPDATE tokens SET "group" = 'auto' ${FIRST}`;
    expect(slugs(auto)).toEqual(all.filter((slug) => slug !== 'claude-a'));
    expect(slugs(`${auto} INSERT INTO options VALUES ('AutoGroups', '["vip","gone"]');`)).toEqual([
      'claude-a',
    ]);
    expect(slugs(`${auto} UPDATE channels SET "group" = 'gone';`)).toBeUndefined();
  });

  it('lets a token into groups that count where no option was saved', () => {
    const vip = read(`UPDATE tokens SET "group" = 'vip' ${FIRST}`).tokens[0];
    expect([vip?.isEnabled, vip?.models]).toEqual([true, ['claude-sonnet-4']]);
    const auto = `INSERT INTO options VALUES ('UserUsableGroups', '{"auto":"","vip":""}');`;
    expect(read(`${auto} UPDATE tokens SET "group" = 'auto' ${FIRST}`).tokens[0]?.isEnabled).toBe(true);
    const both = `INSERT INTO options VALUES ('AutoGroups', '["vip","default"]');`;
    const { tokens, remarks } = read(`${auto} ${both} UPDATE tokens SET "group" = 'auto' ${FIRST}`);
    expect([tokens[0]?.isEnabled, tokens[0]?.providers.length]).toEqual([true, 6]);
    expect(remarks.find(({ text }) => text.includes('which of them comes first'))?.items).toEqual(['plain']);
  });

  it('keeps a token to the models that are served to its group', () => {
    const all = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'glm-4.6', 'c-1', 'gemini-2.5-pro'];
    expect(plan.tokens[0]?.models).toEqual(all);
    const { tokens, remarks } = read(`UPDATE channels SET models = models || ',gpt-4-gizmo-*,x-*' ${FIRST}
      UPDATE tokens SET model_limits_enabled = 1, model_limits = 'gpt-4o,other', user_id = 1 WHERE id = 2;`);
    expect(tokens[0]?.models).toEqual(['gpt-4o', 'gpt-4o-mini', 'gpt-4-gizmo-*', ...all.slice(2)]);
    expect(tokens[1]).toMatchObject({ isEnabled: true, models: ['gpt-4o'] });
    expect(remarks.find(({ text }) => text.includes('no channel of its group serves'))?.items).toEqual([
      'limited',
    ]);
    const none = read("UPDATE channels SET models = '';");
    expect(none.tokens.map(({ isEnabled }) => isEnabled)).toEqual([false, false, false, false]);
  });

  /** So many more channels of a group, and models of one channel. */
  const MANY = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)`;
  const channels = (
    group: string,
  ) => `${MANY} INSERT INTO channels (id, type, key, status, name, base_url, models, "group")
    SELECT 100 + i, 1, 'k', 1, 'many ' || i, 'https://h' || i || '.example.com', 'gpt-4o', '${group}' FROM n;`;

  it('has no list of more providers than there can be', () => {
    const everything = 'UPDATE channels SET "group" = \'default\';';
    const whole = read(`${everything} ${channels('default')}`);
    expect(whole.tokens[0]).toMatchObject({ name: 'plain', isEnabled: true, providers: [] });
    expect(whole.remarks.find(({ text }) => text.includes('may use any provider here'))?.items).toContain(
      'plain',
    );
    const part = read(channels('default'));
    expect(part.tokens[0]).toMatchObject({ name: 'plain', isEnabled: false, providers: [] });
    const told = part.remarks.filter(({ items }) => items.includes('plain')).map(({ text }) => text);
    expect(told).toEqual([
      'client token comes over disabled: its providers are more than the 500 that a list can have',
    ]);
  });

  it('tells of a token whose models are more than a list can have', () => {
    const list = Array.from({ length: 501 }, (_, place) => `m${place}`).join();
    const { tokens, remarks } = read(`UPDATE channels SET models = '${list}' ${FIRST}`);
    expect(tokens[0]).toMatchObject({ name: 'plain', isEnabled: true, models: [] });
    expect(remarks.find(({ text }) => text.includes('may ask for any model here'))?.items).toContain('plain');
  });

  it('gives a token no more than its user has left', () => {
    expect(plan.tokens[0]?.budget).toEqual({ amount: 1_000, unit: 'usd', period: 'total' });
    const poor = read('UPDATE users SET quota = 0;');
    expect(poor.tokens.map(({ isEnabled, budget }) => [isEnabled, budget])).toEqual(
      Array.from({ length: 4 }, () => [false, null]),
    );
    expect(
      poor.remarks.find(({ text }) => text.endsWith('disabled: its user has no quota left'))?.items,
    ).toEqual(['plain', 'limited']);
    const less = read('UPDATE users SET quota = 1000001 WHERE id = 2;');
    expect(less.tokens[1]?.budget?.amount).toBe(2.000_002);
  });

  it('shares out what a user has left among all tokens that draw on it', () => {
    const more = (id: number, name: string, unlimited: number, quota: number, status = 1) =>
      `INSERT INTO tokens VALUES (${id}, 1, 'share${id}share${id}', ${status}, '${name}', -1, ${quota}, ${unlimited}, 0, '', '', '', NULL);`;
    const { tokens, remarks } = read(`UPDATE users SET quota = 5000000 WHERE id = 1;
      ${more(20, 'small', 0, 500_000)} ${more(21, 'large', 0, 4_500_000)} ${more(22, 'off', 1, 0, 2)}`);
    const amounts = tokens.map(({ name, budget }) => [name, budget?.amount]);
    expect(Object.fromEntries(amounts)).toMatchObject({ plain: 4.5, small: 1, large: 4.5, off: 10 });
    const told = remarks.find(({ text }) => text.startsWith('budget of a client token is its share'));
    expect(told?.items).toEqual(['plain', 'large']);
  });

  it.each([
    ['in milliseconds', 1_893_456_000_123, 1_893_456_000_000, 'in milliseconds'],
    ['with a fraction', 1_893_456_000.75, 1_893_456_000_000, 'no whole second'],
    ['that no date can have', 9e18, 8_640_000_000_000_000, 'in milliseconds'],
  ])('tells of an expiry %s', (_what, given, expiresAt, words) => {
    const { tokens, remarks } = read(`UPDATE tokens SET expired_time = ${given} ${FIRST}`);
    expect(tokens[0]).toMatchObject({ isEnabled: true, expiresAt });
    expect(remarks.find(({ text }) => text.includes(words))?.items).toEqual(['plain']);
  });

  it('takes a token that is there twice once, as the first', () => {
    const twice = "UPDATE tokens SET key = 'twicetwicetwice' WHERE id < 3;";
    const { tokens, remarks } = read(twice);
    expect(tokens.filter(({ value }) => value === 'sk-twicetwicetwice')).toMatchObject([
      { name: 'plain', models: tokens[0]?.models, expiresAt: null, providers: tokens[0]?.providers },
    ]);
    expect(tokens[0]?.providers).toHaveLength(5);
    expect(
      remarks.find(({ text }) => text.includes('twice: it comes over once, with the rules'))?.items,
    ).toEqual(['limited']);
  });

  it('takes the tag of a channel for its keys, and tells of channels that are never switched off', () => {
    const { remarks, providers } = read(`ALTER TABLE channels ADD COLUMN auto_ban INTEGER DEFAULT 1;
      UPDATE channels SET auto_ban = 0, tag = 'a' ${FIRST}`);
    const told = remarks.filter(({ text }) => /^keys are disabled/.test(text));
    expect(told.map(({ items }) => items)).toEqual([['OpenAI many']]);
    const tags = providers.flatMap(({ keys }) => keys).filter((key) => key.tags.length > 0);
    expect(tags.length).toBeGreaterThan(0);
    expect(tags.every((key) => key.tags.join() === 'a')).toBe(true);
  });

  it('makes no header of a rule for headers of clients', () => {
    const { providers, remarks } = read(
      `UPDATE channels SET header_override = '{"*":"","re:^X-.*$":"","X-A":"1"}' ${FIRST}`,
    );
    expect(providers[0]?.headers).toEqual({ 'OpenAI-Organization': 'org-test', 'X-A': '1' });
    expect(remarks.find(({ text }) => text.startsWith('rule left out'))?.count).toBe(2);
  });

  it('has the largest budget that there is for an enormous quota, and says so', () => {
    const { tokens, remarks } = read(
      `UPDATE users SET quota = 9223372036854775807 WHERE id = 1;
        UPDATE tokens SET unlimited_quota = 0, remain_quota = 9223372036854775807 ${FIRST}`,
    );
    expect(tokens[0]).toMatchObject({ isEnabled: true, budget: { amount: 1e12, unit: 'usd' } });
    expect(remarks.find(({ text }) => text.includes('which is the most'))?.items).toEqual(['plain']);
  });

  it('follows a mapping to its end, and tells of one that goes round', () => {
    const { routes, remarks } = read(`UPDATE channels SET models = 'a,b,c,d,self,far',
      model_mapping = '{"a":"b","b":"end","c":"d","d":"c","self":"self","far":"stop","stop":"stop"}' ${FIRST}`);
    const sent = (name: string) => routes.find((route) => route.name === name)?.targets[0]?.model;
    expect(['a', 'b', 'self', 'far'].map(sent)).toEqual(['end', 'end', null, 'stop']);
    expect(['c', 'd'].map(sent)).toEqual([undefined, undefined]);
    const told = remarks.find(({ text }) => text.includes('its mapping goes round'));
    expect(told?.items.map((item) => item.split(': ')[1])).toEqual(['c', 'd']);
  });

  it('takes * for any text in its own patterns alone', () => {
    const list = "'*,gpt-4-gizmo-*,gemini-2.5-pro-thinking-*,gpt-*'";
    const { tokens, routes } =
      read(`UPDATE tokens SET model_limits_enabled = 1, model_limits = ${list} ${FIRST}
      UPDATE channels SET models = ${list}, model_mapping = '{"gpt-4-gizmo-*":"x"}' ${FIRST}`);
    const own = ['gpt-4-gizmo-*', 'gemini-2.5-pro-thinking-*'];
    expect(tokens[0]).toMatchObject({ isEnabled: true, models: own });
    const patterns = routes.filter(({ name }) => name.includes('*'));
    expect(patterns.map(({ name, targets }) => [name, targets[0]?.model])).toEqual(
      own.map((name) => [name, null]),
    );
  });

  it('has each key in its own state, whatever blank lines there are between them', () => {
    const keys = (text: string) =>
      read(`UPDATE channels SET key = REPLACE('${text}', '|', CHAR(10)) ${FIRST}`).providers[0]?.keys.map(
        ({ value, state }) => [value, state],
      );
    const wanted = [
      ['k-0', 'active'],
      ['k-2', 'disabled'],
      ['k-3', 'active'],
    ];
    expect(keys('k-0||k-2|k-3|')).toEqual(wanted);
    expect(keys('||k-0| |k-2|k-3')).toEqual(wanted);
    // The third place is off, the fourth has the same key.
    expect(keys('k-0||k-2|k-2')).toEqual([
      ['k-0', 'active'],
      ['k-2', 'active'],
    ]);
    expect(keys('["k-0", 7, "k-2", "k-3"]')?.filter(([value]) => value !== '7')).toEqual(wanted);
  });

  it('leaves a key disabled that a person has disabled, where all of a channel are out of use', () => {
    const { providers } = read(`UPDATE channels SET status = 3,
      channel_info = '{"is_multi_key":true,"multi_key_status_list":{"0":2,"1":3}}' ${FIRST}`);
    expect(providers[0]?.keys.map(({ state }) => state)).toEqual(['disabled', 'found_dead', 'found_dead']);
  });

  it('makes no header of what has a variable in it, and one of all other braces', () => {
    const { providers, remarks } =
      read(`UPDATE channels SET header_override = '{"A":"{client_header:X-Request-Id}",
      "B":" {client_header:Origin}","C":"k {api_key}","D":"{name-of}","E":"{a}"}', open_ai_organization = '' ${FIRST}`);
    expect(providers[0]?.headers).toEqual({ D: '{name-of}', E: '{a}' });
    expect(remarks.find(({ text }) => text.startsWith('header left out: it has a variable'))?.count).toBe(3);
  });

  it('tells of parts of a channel that are no JSON', () => {
    const { remarks } = read(
      `UPDATE channels SET header_override = 'X: sk-secret', model_mapping = '{broken' ${FIRST}`,
    );
    const texts = remarks.map(({ text }) => text).filter((text) => text.startsWith('part of a channel'));
    expect(texts).toEqual([
      'part of a channel left out: it is no JSON: model_mapping',
      'part of a channel left out: it is no JSON: header_override',
    ]);
    expect(JSON.stringify(remarks)).not.toContain('sk-secret');
  });
});
