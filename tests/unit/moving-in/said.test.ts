import { expect, it } from 'vitest';
import { readSaid } from '../../../lib/admin/words/read-said';
import { SOURCE_PROGRAMS, type SourceProgramName } from '../../../lib/moving-in/programs';
import { fixtureText, sourceOf, yamlOf } from '../../support/moving-in';

const config = yamlOf(fixtureText('litellm.yaml'));

/** Of LiteLLM, with all that can be lost of its routes. */
const lossy = yamlOf(`model_list:
  - {model_name: a, litellm_params: {model: openai/a, api_key: sk-test-one, weight: 1, rpm: 5}}
  - {model_name: a, litellm_params: {model: openai/b, api_key: sk-test-two, weight: 0.0001}}
  - {model_name: a, litellm_params: {model: openai/a, api_key: sk-test-one}}
  - {model_name: b, litellm_params: {model: openai/a, api_key: sk-test-one, rpm: 7}}
  - {model_name: b, litellm_params: {model: groq/b, api_key: sk-test-one}}
  - {litellm_params: {model: groq/b, api_key: sk-test-one}}
  - nothing
  - {model_name: c, litellm_params: {model: groq/c, api_key: sk-test-one}, model_info: {}}
  - {model_name: ${'n'.repeat(192)}, litellm_params: {model: openai/${'n'.repeat(192)}, api_key: sk-test-one, rpm: 3}}
router_settings:
  model_group_alias: {x: nothing, a: b, y: {model: b, hidden: true}}
  fallbacks: [{gone: [a]}, {a: [{model: b}]}, {a: [b]}, b, {"*": [a]}]
  content_policy_fallbacks: {a: b}
  default_fallbacks: [b]
guardrails: [{}]
litellm_settings: {fallbacks: [{b: [a]}]}
`);

/** Of new-api, the same of a channel and a token. */
const LOSSY_CHANNEL = `UPDATE channels SET models = 'a,b*', model_mapping = '{"a":"c","c":"a"}', setting = '{"proxy":"ftp://x"}',
    header_override = '{"*":""}' WHERE id = 1;
  UPDATE tokens SET model_limits_enabled = 1, model_limits = 'x*', unlimited_quota = 0, remain_quota = 9e18;`;
/** More providers and models than a list can have, users with little left, and two tokens that share it. */
const LOSSY_TOKENS = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
  INSERT INTO channels (id, type, key, status, name, base_url, models, "group")
    SELECT 100 + i, 1, 'k', 1, 'many', 'https://h' || i || '.example.com', 'm' || i, 'default' FROM n;
  UPDATE users SET quota = 500000 WHERE id = 1; UPDATE users SET quota = 0 WHERE id = 2;
  INSERT INTO options VALUES ('UserUsableGroups', '{"auto":""}'), ('AutoGroups', '["auto","default"]');
  INSERT INTO tokens VALUES (23, 1, 'autoauto', 1, 'auto', -1, 0, 1, 0, '', '', 'auto', NULL);
  UPDATE channels SET tag = 'x'; UPDATE tokens SET model_limits_enabled = 1, model_limits = 'm1,x' WHERE id = 1;
  INSERT INTO tokens VALUES (20, 2, 'poorpoor', 1, 'poor', -1, 0, 1, 0, '', '', '', NULL);
  INSERT INTO tokens VALUES (21, 1, 'moremore', 1, 'more', -1, 0, 1, 0, '', '', 'vip', NULL);
  INSERT INTO tokens VALUES (22, 1, 'cut-off', 1, 'cut', -1, 0, 1, 0, '', '', '', NULL);`;
const NEVER_ASKED = `UPDATE groups SET upstreams = '[{"url":"https://a.example.com","weight":0}]' WHERE id = 1;`;

/** Also with another key than the right one, and with parts that cannot be read. */
const SOURCES: readonly (readonly [SourceProgramName, string, Parameters<typeof sourceOf>[2]])[] = [
  ['gpt-load', 'gpt-load-1.sql', { encryptionKey: 'test-encryption-key-16' }],
  ['gpt-load', 'gpt-load-1.sql', {}],
  ['gpt-load', 'gpt-load-1.sql', { encryptionKey: 'another', also: "UPDATE groups SET config = '{';" }],
  ['gpt-load', 'gpt-load-2.sql', { encryptionKey: 'test-encryption-key-16' }],
  ['gpt-load', 'gpt-load-2.sql', { encryptionKey: 'another' }],
  ['gpt-load', 'gpt-load-1.sql', { also: NEVER_ASKED }],
  ['new-api', 'new-api.sql', {}],
  ['new-api', 'new-api.sql', { also: LOSSY_CHANNEL }],
  ['new-api', 'new-api.sql', { also: "UPDATE channels SET setting = '{', \"group\" = 'x', type = 2;" }],
  ['new-api', 'new-api.sql', { also: LOSSY_TOKENS }],
  ['new-api', 'new-api.sql', { also: `${LOSSY_TOKENS} UPDATE channels SET "group" = 'default';` }],
  ['one-api', 'one-api.sql', {}],
  ['one-api', 'one-api.sql', { also: "UPDATE channels SET model_mapping = '{', base_url = 'no';" }],
  ['litellm', 'litellm.sql', { config }],
  ['litellm', 'litellm.sql', { config: lossy, configTwinLine: 3 }],
  ['litellm', 'litellm.sql', { encryptionKey: 'another', config }],
  ['gemini-balance', 'gemini-balance.sql', { environment: { API_KEYS: 'x', CUSTOM_HEADERS: '[' } }],
];

it('each sentence of a report has a code, and so its Chinese', () => {
  const texts = SOURCES.flatMap(([name, fixture, more]) => {
    const program = SOURCE_PROGRAMS[name];
    return program.read(sourceOf(program, fixture, more)).remarks.map(({ text }) => text);
  });
  expect(new Set(texts).size).toBeGreaterThan(60);
  expect(texts.filter((text) => readSaid(text) === undefined)).toEqual([]);
});
