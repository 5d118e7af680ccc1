import { describe, expect, it } from 'vitest';
import type { Facts, Subject } from '../../../../lib/balancer/facts';
import { readAnswer } from '../../../../lib/openai/answer/answer-facts';
import { evidenceOf } from '../../../../lib/openai/errors/error-evidence';
import { applies, ERROR_RULES } from '../../../../lib/openai/errors/error-rules';

const NOW = Date.UTC(2026, 0, 1);

type Flags = Partial<Pick<Facts, 'mayDiffer' | 'isWholeKey' | 'isModelOnly'>>;
/** A body as it is, or the error of one. */
type Said = string | Readonly<Record<string, unknown>>;

const bodyOf = (said: Said): string => (typeof said === 'string' ? said : JSON.stringify({ error: said }));
const page = (title: string): string => `<!DOCTYPE html><html><head><title>${title}</title></head></html>`;
const top = (fields: object): string => JSON.stringify(fields);
const code = (name: string | number, message = 'no'): Said => ({ code: name, message });
const says = (message: string): Said => ({ message });

/** Of whom each rule speaks, in the order of the table. */
const RULES: readonly (readonly [name: string, subject: Subject, flags?: Flags])[] = [
  ['challenge page', 'egress'],
  ['firewall page', 'egress'],
  ['forbidden page', 'egress'],
  ['page of a busy server', 'rate'],
  ['firewall text', 'egress'],
  ['region or address', 'egress'],
  ['part of the prompt', 'request'],
  ['too large for a limit', 'request', { mayDiffer: true }],
  ['can afford less', 'request', { mayDiffer: true }],
  ['moderation', 'request'],
  ['too long', 'request'],
  ['mistake of the request', 'request'],
  ['free tier of one model used up', 'key_model'],
  ['no money', 'money'],
  ['quota used up', 'money'],
  ['payment required', 'money'],
  ['endpoint that is no more', 'request'],
  ['missing right', 'request', { mayDiffer: true }],
  ['missing scope of a model', 'request', { mayDiffer: true }],
  ['no access to the model', 'key_model'],
  ['model that is no more', 'key_model'],
  ['model not found', 'key_model'],
  ['account put out', 'key'],
  ['dead key', 'key'],
  ['dead key in words', 'key'],
  ['not authenticated', 'key'],
  ['dead token', 'key'],
  ['model overloaded', 'provider', { isModelOnly: true }],
  ['overloaded', 'provider', { isModelOnly: true }],
  ['plan used up for a while', 'rate', { isWholeKey: true }],
  ['rate limit', 'rate'],
  ['rate limit in words', 'rate'],
  ['failure of one model', 'provider', { isModelOnly: true }],
  ['refused parameters', 'request'],
  ['provider trouble', 'provider'],
];

/** What providers say, by the rule that has to decide it. */
const SENTENCES: Readonly<Record<string, readonly (readonly [status: number, said: Said])[]>> = {
  'challenge page': [
    [403, page('Just a moment...')],
    [503, '<html><body><script src="/cdn-cgi/challenge-platform/x.js"></script></body></html>'],
    [429, '<html><body>Please verify you are human</body></html>'],
  ],
  'firewall page': [
    [403, page('Attention Required! | Cloudflare')],
    [400, '<html><body><h1>Access Denied</h1>Reference #18.0</body></html>'],
    [401, '<html><body>Sorry, you have been blocked</body></html>'],
    [402, '<html><body>您的请求被拦截</body></html>'],
  ],
  'forbidden page': [
    [403, '<html><head><title>403 Forbidden</title></head><body><center>nginx</center></body></html>'],
    [405, '<html><body>Method Not Allowed</body></html>'],
    [451, '<html><body>Unavailable</body></html>'],
  ],
  'page of a busy server': [[429, '<html><body><h1>429 Too Many Requests</h1></body></html>']],
  'firewall text': [
    [403, 'error code: 1010'],
    [403, 'error code: 1020'],
    [403, code('403', 'Access denied due to Virtual Network/Firewall rules.')],
    [403, says('Public access is disabled. Please configure private endpoint.')],
    [403, says('Your request was blocked.')],
  ],
  'region or address': [
    [403, { code: 'unsupported_country_region_territory', type: 'request_forbidden', message: 'no' }],
    [403, says('Country, region, or territory not supported (request id: 2024)')],
    [
      400,
      {
        code: 400,
        message: 'User location is not supported for the API use.',
        status: 'FAILED_PRECONDITION',
      },
    ],
    [403, says('Upstream request failed: [403] This model is not available in your region.')],
    [401, code('ip_not_authorized')],
    [403, says('The IP address 203.0.113.7 is not allowed to use this API key')],
    [403, says('您所在的地区暂不支持此服务')],
  ],
  'part of the prompt': [
    [400, { param: 'messages[0].content', code: 'invalid_type', message: 'API key not valid' }],
    [400, { param: 'max_tokens', message: 'Your credit balance is too low' }],
    [422, { param: 'response_format', message: 'rate limit' }],
    [404, { param: 'file_id', message: 'The model does not exist' }],
  ],
  'too large for a limit': [
    [429, says('Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 49011.')],
    [429, says('Extra usage is required for long context requests.')],
    [402, says('Prompt tokens limit exceeded: 30104 > 2000. To increase, add more credits')],
  ],
  'can afford less': [
    [402, code(402, 'You requested up to 65536 tokens, but can only afford 30104.')],
    [403, says('This request requires more credits, or fewer max_tokens.')],
  ],
  moderation: [
    [
      400,
      { type: 'content_filter', message: 'The request was rejected because it was considered high risk' },
    ],
    [403, says('openai/gpt-4o requires moderation on OpenAI. Your input was flagged for violence')],
    [400, says('Content Exists Risk')],
    [400, code('data_inspection_failed')],
    [400, code('1301')],
    [400, says('your prompt was flagged as potentially violating our usage policy')],
    [200, top({ base_resp: { status_code: 1026, status_msg: 'no' } })],
    [403, says('输入内容包含敏感信息')],
  ],
  'too long': [
    [400, code('context_length_exceeded')],
    [400, says("This model's maximum context length is 128000 tokens.")],
    [403, says('Prompt is too long: 210000 tokens > 200000 maximum')],
    [500, says('Please reduce the length of the messages.')],
    [400, code('1261')],
  ],
  'free tier of one model used up': [
    [403, { type: 'AllocationQuota.FreeTierOnly', message: 'no' }],
    [400, says('The free tier of the model has been exhausted.')],
    [403, top({ code: 30011, message: 'The selected model requires paid balance.' })],
  ],
  'no money': [
    [429, code('insufficient_quota')],
    [429, code('billing_hard_limit_reached')],
    [400, says('Your credit balance is too low to access the Anthropic API.')],
    [400, code('Arrearage', 'Access denied, please make sure your account is in good standing.')],
    [402, says('Insufficient Balance')],
    [
      403,
      top({
        code: 'permission-denied',
        error: 'Your team has either used all available credits or reached its monthly spending limit.',
      }),
    ],
    [403, says("Your newly created teams doesn't have any credits yet.")],
    [403, says('Key limit exceeded (total limit).')],
    [412, says('Account acme is suspended, possibly due to reaching the monthly spending limit')],
    [429, { type: 'rate_limit_error', message: 'You have reached your specified API usage limits.' }],
    [429, { code: 429, message: 'Your prepayment credits are depleted.', status: 'RESOURCE_EXHAUSTED' }],
    [429, code('1113')],
    [403, says('No payment method is set up')],
    [403, says('Your payment method was declined')],
    [401, says('该令牌额度已用尽')],
    [500, says('insufficient balance (1008)')],
    [200, top({ base_resp: { status_code: 1008, status_msg: 'no' } })],
    [
      403,
      { type: 'access_terminated_error', message: "You've reached your usage limit for this billing cycle" },
    ],
  ],
  'quota used up': [
    [429, says('You exceeded your current quota, please check your plan and billing details.')],
    [400, says('Insufficient quota available for instant inference.')],
    [403, says('user quota is not enough')],
  ],
  'payment required': [
    [402, code('quota_exceeded', 'You have no quota')],
    [402, says('Please top up your account')],
    [402, says('请续费后使用额度')],
  ],
  'missing right': [
    [401, says('You have insufficient permissions for this operation. Missing scopes: api.responses.write.')],
    [
      401,
      code('mismatched_organization', 'OpenAI-Organization header should match organization for API key'),
    ],
    [403, says('You do not have permission to access the File abc123 or it may not exist.')],
    [
      403,
      {
        type: 'access_terminated_error',
        message: 'Kimi is currently only available for Coding Agents such as Kimi CLI',
      },
    ],
    [400, code('insufficient_scope')],
  ],
  'missing scope of a model': [
    [401, says('You have insufficient permissions for this operation. Missing scopes: model.request.')],
    [403, says('Your key lacks the scopes: model.read')],
  ],
  'no access to the model': [
    [403, code('model_not_found', 'Project `proj_0` does not have access to model `gpt-4.1`')],
    [404, says('The model gpt-5 does not exist or you do not have access to it.')],
    [
      400,
      {
        code: 'unsupported_value',
        param: 'stream',
        message: 'Your organization must be verified to stream this model.',
      },
    ],
    [403, code('AccessDenied.Unpurchased')],
    [404, code('ModelNotOpen')],
    [404, top({ status: 404, title: 'Not Found', detail: "Function 'x': Not found for account 'AAAA'" })],
    [503, says('当前分组 default 下对于模型 gpt-nope 无可用渠道')],
    [403, says('User tester is not authorized to access model x')],
    [200, top({ base_resp: { status_code: 2061, status_msg: 'no' } })],
  ],
  'model not found': [
    [404, says('The model gpt-9 does not exist')],
    [404, { type: 'not_found_error', message: 'model: claude-9' }],
    [503, says('Unknown model')],
    [200, says('模型 gpt-9 不存在')],
  ],
  'account put out': [
    [401, code('account_deactivated')],
    [400, says('This organization has been disabled.')],
    [400, code('organization_restricted')],
    [403, says("Permission denied: Consumer 'api_key:sk-x' has been suspended.")],
    [403, says('Your API key was reported as leaked. Please use another API key.')],
    [401, says('You must be a member of an organization to use the API.')],
    [403, { type: 'access_terminated_error', message: 'no' }],
    [403, says('用户已被封禁')],
  ],
  'dead key': [
    [401, code('invalid_api_key')],
    [401, { type: 'authentication_error', message: 'no' }],
    [400, { code: 400, message: 'no', status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] }],
    [401, code('AUTH_INVALID_API_KEY'.replace('AUTH_', ''))],
    [401, code('1000')],
    [200, top({ base_resp: { status_code: 2049, status_msg: 'no' } })],
    [401, code('token_not_found_in_db')],
  ],
  'dead key in words': [
    [400, says('API key not valid. Please pass a valid API key.')],
    [403, says('Invalid API key')],
    [401, says('无效的令牌 (request id: 1)')],
    [401, says('该令牌已过期 (request id: 1)')],
    [
      400,
      top({ code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***23.' }),
    ],
  ],
  'not authenticated': [
    [401, '"Invalid token"'],
    [401, top({ status: 401, title: 'Unauthorized', detail: 'Authentication failed' })],
    [401, says('No auth credentials found')],
    [401, top({ error: 'Invalid username or password.' })],
    [434, says('HMAC signature cannot be verified')],
  ],
  'mistake of the request': [
    [400, code('invalid_image_url', 'Failed to download image: the server said 402 Payment Required')],
    [400, says('Error retrieving tool list from MCP server: access token is expired')],
    [400, says('Unknown parameter: access_token is not allowed.')],
    [400, says('Missing required parameter: api_key in tool definition')],
    [424, says('MCP server returned insufficient balance')],
  ],
  'dead token': [
    [400, says('Authentication failed')],
    [403, says('Key is disabled')],
    [403, says('OAuth token has been revoked. Please obtain a new token.')],
    [403, says('The security token included in the request is invalid.')],
  ],
  overloaded: [
    [529, { type: 'overloaded_error', message: 'Overloaded' }],
    [503, says('No instances available')],
    [498, says('Flex tier capacity exceeded')],
  ],
  'model overloaded': [
    [503, { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' }],
    [429, { type: 'engine_overloaded_error', message: 'no' }],
    [503, top({ error: 'Model meta-llama/Llama-2-70b-chat is currently loading', estimated_time: 20 })],
    [429, says('No capacity available for model gemini-3-flash-preview on the server')],
    [200, says('Selected model is at capacity.')],
    [498, says('当前模型负载较高')],
  ],
  'plan used up for a while': [
    [429, { type: 'usage_limit_reached', message: 'no' }],
    [429, code('1308', 'Your limit will reset at 2026-01-01 12:00:00')],
    [429, top({ error: 'you have reached your weekly usage limit, please upgrade to continue' })],
    [429, top({ errors: [{ code: 4006, message: 'no' }] })],
    [500, says('t2a_v2 failed: 2067 Token Plan 用量上限')],
  ],
  'rate limit': [
    [429, code('rate_limit_exceeded')],
    [403, { status: 'RESOURCE_EXHAUSTED', message: 'no' }],
    [400, code('Throttling.RateQuota')],
    [500, code('1302')],
    [200, top({ base_resp: { status_code: 1002, status_msg: 'no' } })],
  ],
  'rate limit in words': [
    [403, says('Rate limit reached for RPM')],
    [500, says('rate limit (1002)')],
    [200, top({ error_code: 18, error_msg: 'Open api qps request limit reached' })],
    [503, says('An error occurred (ThrottlingException): Too many tokens')],
    [403, says('您的请求过于频繁')],
  ],
  'failure of one model': [
    [503, says('no auth available (providers=codex, model=gpt-5.4)')],
    [500, says('The model produced an internal error')],
  ],
  'endpoint that is no more': [
    [403, code('chat_completions_not_available', 'Sonar is now the Agent API. Use /v1/responses instead.')],
    [403, code('agent_api_migration_required', 'This API was replaced.')],
  ],
  'model that is no more': [
    [
      410,
      top({
        status: 410,
        title: 'Gone',
        detail: "The model 'meta/llama-3.1-8b' has reached its end of life.",
      }),
    ],
    [404, top({ message: "model 'command-r-12-2024' was removed on September 15, 2025." })],
    [404, code(404, 'models/gemini-2.5-pro is no longer available.')],
    [400, code('model_decommissioned', 'The model `llama-3.1` has been decommissioned.')],
    [403, says('该模型已下线')],
  ],
  'refused parameters': [
    [200, top({ base_resp: { status_code: 2013, status_msg: 'no' } })],
    [200, says('Invalid parameter: n')],
    [200, says('参数错误')],
  ],
  'provider trouble': [
    [200, top({ code: 50603, message: 'System is too busy now. Please try again later.', data: null })],
    [200, says('upstream timed out')],
    [200, says('系统错误')],
  ],
};

const ROWS = Object.entries(SENTENCES).flatMap(([rule, list]) =>
  list.map(([status, said]) => ({ rule, status, said, body: bodyOf(said) })),
);
const read = (status: number, body: string): Facts => readAnswer({ status, headers: {}, body }, NOW).facts;

describe('the rules', () => {
  it.each(ROWS)('$rule decides $status $body', ({ rule, status, body }) => {
    const { subject, mayDiffer, isWholeKey, isModelOnly, ...facts } = read(status, body);
    expect(facts.rule).toBe(rule);
    const [, expected, flags = {}] = RULES.find(([name]) => name === rule)!;
    expect(subject).toBe(expected);
    expect({ mayDiffer, isWholeKey, isModelOnly }).toEqual({
      ...{ mayDiffer: undefined, isWholeKey: undefined, isModelOnly: undefined },
      ...flags,
    });
  });

  it('are each needed, and stand in their order', () => {
    expect(ERROR_RULES.map(({ name }) => name)).toEqual(RULES.map(([name]) => name));
    for (const [name] of RULES) expect(SENTENCES[name]?.length ?? 0, name).toBeGreaterThan(0);
    expect(ROWS.length).toBeGreaterThan(60);
  });
});

/** What two neighbours of the table both know, and the first of them has to decide. */
const BOTH: readonly (readonly [first: string, second: string, status: number, said: Said])[] = [
  ['challenge page', 'firewall page', 403, page('Just a moment... | Cloudflare')],
  ['firewall page', 'forbidden page', 403, page('Attention Required! | Cloudflare')],
  [
    'firewall text',
    'region or address',
    403,
    says('Blocked by the firewall: your IP address is not allowed'),
  ],
  [
    'region or address',
    'part of the prompt',
    400,
    { param: 'contents', message: 'User location is not supported' },
  ],
  [
    'part of the prompt',
    'too large for a limit',
    413,
    { param: 'messages', message: 'Request too large for model x' },
  ],
  [
    'too large for a limit',
    'can afford less',
    402,
    says('Prompt tokens limit exceeded: you can only afford 2000'),
  ],
  ['can afford less', 'moderation', 402, code('moderation', 'can only afford 30104')],
  ['moderation', 'too long', 400, code('content_filter', 'The input was flagged: prompt is too long')],
  ['too long', 'mistake of the request', 400, says('The prompt is too long')],
  [
    'free tier of one model used up',
    'no money',
    403,
    code(30011, 'The model requires paid balance. Your paid balance is insufficient.'),
  ],
  ['no money', 'quota used up', 429, code('insufficient_quota', 'You exceeded your current quota')],
  ['quota used up', 'payment required', 402, says('You exceeded your current quota, please check your plan')],
  [
    'payment required',
    'endpoint that is no more',
    402,
    code('chat_completions_not_available', 'Your plan is too small'),
  ],
  [
    'endpoint that is no more',
    'missing right',
    403,
    code('agent_api_migration_required', 'Insufficient permissions'),
  ],
  [
    'missing scope of a model',
    'no access to the model',
    401,
    says('Missing scopes: model.request, no access to model x'),
  ],
  [
    'no access to the model',
    'model that is no more',
    404,
    code('model_not_found', 'The model gpt-5 is no longer available.'),
  ],
  ['model that is no more', 'model not found', 404, code('model_retired', 'The model gpt-5 does not exist.')],
  ['model not found', 'account put out', 403, code('account_suspended', 'Unknown model')],
  [
    'account put out',
    'dead key',
    401,
    code('invalid_api_key', 'The account associated with this API key has been deactivated'),
  ],
  ['dead key', 'dead key in words', 401, code('invalid_api_key', 'Incorrect API key provided')],
  ['dead key in words', 'not authenticated', 401, says('Incorrect API key provided')],
  ['model overloaded', 'overloaded', 503, says('The model is overloaded')],
  ['overloaded', 'plan used up for a while', 503, code('usage_limit_reached', 'Overloaded')],
  [
    'plan used up for a while',
    'rate limit',
    429,
    { type: 'rate_limit_error', message: 'Claude AI usage limit reached' },
  ],
  ['rate limit', 'rate limit in words', 429, code('rate_limit_exceeded', 'Rate limit reached')],
  ['rate limit in words', 'failure of one model', 503, says('Too many requests for this model')],
  ['refused parameters', 'provider trouble', 200, says('invalid params, try again later')],
];

/** Neighbours that never know the same answer, so that their order says nothing. */
const APART: readonly (readonly [first: string, second: string, why: string])[] = [
  ['forbidden page', 'page of a busy server', 'no status in common'],
  ['page of a busy server', 'firewall text', 'a page and a text'],
  ['missing right', 'missing scope of a model', 'one wants that no model is named, the other that one is'],
  [
    'mistake of the request',
    'free tier of one model used up',
    'a code or the word model keeps the first away',
  ],
  ['not authenticated', 'dead token', 'no status in common'],
  ['dead token', 'model overloaded', 'no status in common'],
  ['failure of one model', 'refused parameters', 'no status in common'],
];

describe('of two neighbours', () => {
  const ruleOf = (name: string) => ERROR_RULES.find((rule) => rule.name === name)!;

  it.each(BOTH)('%s decides before %s: %i %j', (first, second, status, said) => {
    const evidence = evidenceOf(status, bodyOf(said));
    expect([first, second].filter((name) => applies(ruleOf(name), evidence))).toEqual([first, second]);
    expect(read(status, bodyOf(said)).rule).toBe(first);
  });

  it('each pair is told in which order it stands, or why that says nothing', () => {
    const pairs = RULES.slice(1).map(([name], i) => `${RULES[i]![0]} / ${name}`);
    const known = [...BOTH, ...APART].map(([first, second]) => `${first} / ${second}`);
    expect([...known].sort()).toEqual([...pairs].sort());
  });

  it('those without a status in common have none', () => {
    for (const [first, second, why] of APART.filter((pair) => pair[2] === 'no status in common')) {
      const both = Array.from({ length: 1_000 }, (_, status) => status).filter(
        (status) => ruleOf(first).statuses!(status) && ruleOf(second).statuses!(status),
      );
      expect(both, why).toEqual([]);
    }
  });
});

describe('what only sounds like something else', () => {
  it.each<[title: string, status: number, said: Said, rule: string, subject: Subject]>([
    [
      'an advertisement for a larger plan',
      429,
      says(
        'Rate limit reached on tokens per minute (TPM). Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing',
      ),
      'rate limit in words',
      'rate',
    ],
    [
      'a limit by the day with credits to buy',
      429,
      code(
        429,
        'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
      ),
      'rate limit in words',
      'rate',
    ],
    [
      'Gemini’s limit, worded like an empty account',
      429,
      says(
        'You exceeded your current quota, please check your plan and billing details. Quota exceeded for metric: generativelanguage.googleapis.com/x, limit: 15',
      ),
      'rate limit in words',
      'rate',
    ],
    [
      'a request that is too large and may be sent again',
      429,
      says('Request too large, please try again in 2s'),
      'status 429',
      'rate',
    ],
    [
      'a model that needs a subscription',
      403,
      says('This model is only available with a subscription plan'),
      'no access to the model',
      'key_model',
    ],
    [
      'a flagged account',
      403,
      says('Your account has been flagged and the content of your requests is blocked'),
      'account put out',
      'key',
    ],
    [
      'a key’s word about max_tokens',
      400,
      says('Invalid max_tokens: the api key is not valid for it'),
      'mistake of the request',
      'request',
    ],
    [
      'a relay’s own empty account',
      429,
      {
        code: 429,
        message: 'Provider returned error',
        metadata: { raw: '{"error":{"message":"insufficient balance"}}' },
      },
      'status 429',
      'rate',
    ],
    [
      'an overloaded provider',
      529,
      { type: 'overloaded_error', message: 'Overloaded' },
      'overloaded',
      'provider',
    ],
    ['a throttled address', 429, 'error code: 1015', 'status 429', 'rate'],
    ['a path that is not there', 404, code('404', 'Resource not found'), 'mistake of the request', 'request'],
    [
      'a file that is not there',
      404,
      says('File cfile_0 not found on container cntr_0.'),
      'mistake of the request',
      'request',
    ],
    ['a 404 page', 404, page('404 Not Found'), 'status 404', 'request'],
    ['a page of a server in trouble', 502, page('502 Bad Gateway'), 'status 502', 'provider'],
    ['a page in a 200', 200, page('New API'), 'status 0', 'provider'],
    [
      'an invalid request that speaks of a rate',
      400,
      { type: 'invalid_request_error', message: 'requests per minute must be a number' },
      'mistake of the request',
      'request',
    ],
    ['a dead key in a 5xx', 503, says('Invalid API key'), 'status 503', 'provider'],
    [
      'a model that is not found in a 400',
      400,
      says('The model gpt-9 does not exist'),
      'status 400',
      'request',
    ],
    ['a page of a gateway in trouble', 502, page('502 Bad gateway | Cloudflare'), 'status 502', 'provider'],
    ['a 404 page of a gateway', 404, page('404 Not Found | Cloudflare'), 'status 404', 'request'],
    [
      'a busy server behind a gateway',
      429,
      page('Access denied | Cloudflare'),
      'page of a busy server',
      'rate',
    ],
    ['a firewall that slows down', 429, says('Request blocked by the firewall'), 'status 429', 'rate'],
    [
      'a dead key told of the messages',
      401,
      { param: 'messages', code: 'invalid_api_key' },
      'dead key',
      'key',
    ],
    ['a failure over a large request', 500, says('Request too large'), 'status 500', 'provider'],
    [
      'a pace that asks for less',
      429,
      says('Rate limit: reduce the length of your prompt'),
      'rate limit in words',
      'rate',
    ],
    [
      'an account that is out for what it asked',
      403,
      says('Your account is flagged for requests that violate our rules'),
      'account put out',
      'key',
    ],
    [
      'a model that wants another plan',
      403,
      says('This model requires a paid plan: subscription required'),
      'no access to the model',
      'key_model',
    ],
    ['a failure that names rights', 500, says('You have insufficient permissions'), 'status 500', 'provider'],
    ['a failure that names scopes', 500, says('Missing scopes: files.read'), 'status 500', 'provider'],
    ['a pace of a model without access', 429, code('no_access'), 'status 429', 'rate'],
    ['a model told unknown by a pace', 429, says('Unknown model'), 'status 429', 'rate'],
    ['an account that is not there', 404, code('account_suspended'), 'status 404', 'request'],
    ['a dead key told with the status of a pace', 429, code('invalid_api_key'), 'dead key', 'key'],
    ['a rejection in words of authentication', 403, says('Unauthorized'), 'status 403', 'ambiguous'],
    [
      'a model that is overloaded, told as a mistake',
      400,
      says('The model is overloaded'),
      'status 400',
      'request',
    ],
    ['a mistake that speaks of a plan', 400, code('usage_limit_reached'), 'status 400', 'request'],
    ['a code of a pace for what is not there', 404, code('rate_limit_exceeded'), 'status 404', 'request'],
    ['a failure over parameters', 500, says('Invalid parameter: n'), 'status 500', 'provider'],
    ['trouble told as a rejection', 403, says('Service unavailable'), 'status 403', 'ambiguous'],
    ['nothing that anybody knows', 403, code('permission-denied'), 'status 403', 'ambiguous'],
  ])('%s: %i %j is decided by %s, speaks of %s', (_title, status, said, rule, subject) => {
    expect(read(status, bodyOf(said))).toMatchObject({ rule, subject });
  });
});
