import type { Facts } from '../../balancer/facts';
import type { ErrorEvidence } from './error-evidence';

/**
 * One way in which providers say something. It applies if its status, where it names any, is the answer's, nothing of
 * `unless` is said, and one of `words`, `text`, `page` and `param` matches. The first rule of the table that applies
 * decides.
 */
export interface ErrorRule {
  readonly name: string;
  readonly subject: Exclude<Facts['subject'], 'answer'>;
  /** By default every status. 0 stands for an error within a 200 that names none. */
  readonly statuses?: (status: number) => boolean;
  /** A code, type or status word, as a whole. */
  readonly words?: RegExp;
  readonly text?: RegExp;
  /** In a page for a browser. */
  readonly page?: RegExp;
  /** The part of the request that the error is about. */
  readonly param?: RegExp;
  readonly unless?: RegExp;
  /** Does not apply if one of these codes is given. */
  readonly unlessWords?: RegExp;
  readonly mayDiffer?: true;
  readonly isWholeKey?: true;
  readonly isModelOnly?: true;
}

export function applies(rule: ErrorRule, evidence: ErrorEvidence): boolean {
  const { status, words, text, param, isPage, raw } = evidence;
  if (rule.statuses?.(status) === false) return false;
  if (isPage) return matches(rule.page, [raw.toLowerCase()]);
  if (matches(rule.unless, [text]) || matches(rule.unlessWords, words)) return false;
  const isAboutParam = param !== '' && matches(rule.param, [param]);
  return isAboutParam || matches(rule.words, words) || matches(rule.text, [text]);
}

function matches(pattern: RegExp | undefined, texts: readonly string[]): boolean {
  return pattern !== undefined && texts.some((text) => pattern.test(text));
}

/** A whole code, in lower case. */
const codes = (...alternatives: string[]): RegExp => new RegExp(`^(?:${alternatives.join('|')})$`);
/** Anywhere in the text. `~` stands for a few words of the same sentence. */
const says = (...alternatives: string[]): RegExp =>
  new RegExp(alternatives.map((one) => one.replaceAll('~', '[^.。\\n]{0,60}')).join('|'));

const only =
  (...statuses: number[]) =>
  (status: number): boolean =>
    statuses.includes(status);
const not =
  (...statuses: number[]) =>
  (status: number): boolean =>
    !statuses.includes(status);
/**
 * With these a provider tells what is wrong with the request, as a rule; so only a clear word says that it is something
 * else.
 */
const MISTAKES = [400, 404, 405, 409, 410, 411, 413, 414, 415, 416, 417, 422, 431];
const isRejection = (status: number): boolean => status < 500 && status !== 429 && !MISTAKES.includes(status);
const isFailure = (status: number): boolean => status >= 500 || status === 0;

const DEAD =
  '(?:incorrect|invalid|wrong|malformed|expired|revoked|unknown|deleted|disabled|suspended|deactivated|terminated|banned|' +
  'leaked|compromised|blocked|restricted|inactive|locked|unrecognized|not (?:valid|found|active|recognized|exist)|' +
  "no longer (?:valid|active)|do(?:es)?(?: not|n't) exist|missing|failed to (?:verify|validate|authenticate))";
const KEY =
  '(?:api[ _-]?keys?|apikeys?|x-api-key|access[ _-]?keys?|access[ _-]tokens?|auth(?:entication|orization)? (?:key|token|header|credentials?)|' +
  'bearer tokens?|secret keys?|subscription key|credentials|api tokens?)';
const ACCOUNT = '(?:account|organi[sz]ation|workspace|project|consumer|tenant|team|user|access)';
const PUT_OUT =
  '(?:deactivated|suspended|banned|terminated|disabled|restricted|blocked|locked|frozen|closed|inactive|flagged|archived|denied access)';

const TOO_LONG = says(
  'maximum (?:context|prompt|input|allowed) (?:length|size|tokens?)',
  'context (?:length|window|size)~(?:exceed|limit|maximum|is only)',
  "exceeds? (?:the |its )?(?:maximum |model'?s? )?(?:allowed )?(?:context|input|prompt) (?:length|window|token|limit)",
  '(?:prompt|input) (?:is )?too (?:long|large)',
  'reduce (?:the|your) (?:length|prompt|input|size)',
  '上下文(?:长度|窗口)?[^。]{0,8}(?:超|过长)',
  '输入(?:内容)?过长',
);
const TOO_LONG_CODES = codes(
  'context_length_exceeded',
  'context_window_exceeded\\w*',
  'string_above_max_length',
  'prompt_too_long',
  'request_too_large',
  '1261',
);

/** Said of a request alone, in words that a limit may have too. Google's, and those of text-generation-inference. */
const TOO_MANY_TOKENS = says(
  '(?:input|prompt) tokens?(?: count)?\\b~\\b(?:exceed|is over|maximum)',
  '\\btokens \\+ [^.\\n]{0,20} must be <=',
);

const TOO_LARGE: ErrorRule = {
  name: 'too large for a limit',
  subject: 'request',
  statuses: only(402, 413, 429),
  text: says(
    'request too large',
    'input or output tokens must be reduced',
    'extra usage is required for long context',
    'prompt tokens limit exceeded',
  ),
  unless: /try again|retry/,
  mayDiffer: true,
};

const MODERATION: ErrorRule = {
  name: 'moderation',
  subject: 'request',
  words: codes(
    'content_?filter(?:ed)?',
    '(?:image_)?content_policy\\w*|policy_violation|(?:bio|cyber)_policy\\w*',
    '(?:content_|input_|output_)?moderation\\w*',
    'responsibleaipolicyviolation',
    'data_?inspection_?failed',
    'safety\\w*|unsafe_content|risky_content|content_blocked|content_restricted',
    'prohibited_content|blocklist|image_safety',
    'sensitive\\w*|inputtextsensitive\\w*|outputtextsensitive\\w*|input\\w*riskdetection|\\w*sensitivecontentdetected\\w*',
    'invalid_prompt',
    'base_resp\\.(?:1026|1027|1033|1042)',
    '1301',
  ),
  text: says(
    '\\b(?:inputs?|prompts?|content|requests?|messages?|images?|outputs?|responses?|text)\\b~\\b(?:flagged|filtered|moderat|inappropriate|unsafe|violat|sensitive|rejected as a result of our safety|blocked by (?:our |the )?(?:safety|content|moderation)|prohibited)',
    'requires moderation|disallowed content|harmful content|guardrails?~(?:violat|block|interven)|\\bnsfw\\b',
    'content (?:policy|management policy|filter|exists risk)',
    'usage (?:policies|guidelines)',
    'safety (?:system|filter|guidelines|policy|check)',
    '违规|敏感|不当信息|不合规|内容[^。]{0,10}(?:审核|安全|风险)',
  ),
  unless: new RegExp(`\\b${ACCOUNT}\\b[^.\\n]{0,40}\\b${PUT_OUT}`),
};

/**
 * What is wrong with a request that a model with more room, or with other rules for prompts, could still answer, also
 * where an earlier rule of the table says which part of the request is meant. Undefined for all else.
 */
export function aboutOf(evidence: ErrorEvidence): Facts['about'] {
  const { words, text } = evidence;
  const isTooLong =
    matches(TOO_LONG_CODES, words) || matches(TOO_LONG, [text]) || matches(TOO_MANY_TOKENS, [text]);
  if (isTooLong || applies(TOO_LARGE, evidence)) return 'context_length';
  return applies(MODERATION, evidence) ? 'content_policy' : undefined;
}

/**
 * The table. Its order matters: what sounds like somebody else's fault comes first. Add a rule where its neighbours
 * speak of the same subject, in the provider's own words but no narrower than needed, and a case to
 * tests/fixtures/provider-answers.
 */
export const ERROR_RULES: readonly ErrorRule[] = [
  // Pages, of a firewall or of a server in front of the provider.
  {
    name: 'challenge page',
    subject: 'egress',
    page: says(
      'just a moment',
      'cf[-_]chl',
      'challenge-platform',
      'captcha',
      'verify (?:that )?you are human',
      'cf-mitigated',
    ),
  },
  {
    name: 'firewall page',
    subject: 'egress',
    statuses: (status) => status < 500 && status !== 404 && status !== 429 && status >= 400,
    page: says(
      'attention required',
      'cf-error',
      'cloudflare',
      'you have been (?:blocked|banned)',
      'sorry, you',
      'access (?:to this page has been )?denied',
      '(?:request|been) blocked',
      'could not be satisfied',
      'incapsula|imperva|sucuri|ddos-guard|akamai|perimeterx|datadome|errors\\.edgesuite\\.net',
      'incident id',
      'firewall|\\bwaf\\b',
      'reference #',
      'unusual traffic',
      '拦截|安全威胁|访问被(?:拒绝|阻断|禁止)',
    ),
  },
  { name: 'forbidden page', subject: 'egress', statuses: only(403, 405, 406, 418, 451), page: /./ },
  { name: 'page of a busy server', subject: 'rate', statuses: only(429), page: /./ },
  {
    name: 'firewall text',
    subject: 'egress',
    statuses: not(429),
    text: says(
      '^\\s*error code: 10(?:0[5-9]|1[0-4]|2\\d)\\b',
      'request (?:was|has been) blocked(?! (?:by|due to|because of) (?:the |our )?(?:content|safety|moderation))',
      'blocked by (?:the |our |a )?(?:cloudflare|firewall|waf|network|security)',
      'cloudflare (?:challenge|blocked)',
      'virtual network|firewall rules?|private (?:endpoint|link)|public (?:network )?access is disabled',
    ),
  },

  // Where the request comes from.
  {
    name: 'region or address',
    subject: 'egress',
    words: codes(
      'unsupported_(?:country|region)\\w*',
      '(?:region|location|country)_(?:not_supported|blocked|unsupported|restricted)',
      'ip_(?:address_)?not_(?:authorized|allowed|supported)',
      'api_key_ip_address_blocked',
      'ip_?blocked',
      'geo_?blocked',
    ),
    text: says(
      '(?:country|countries|region|territory|user location)\\b~\\b(?:not (?:supported|available|allowed|permitted)|unsupported|blocked|restricted)',
      '(?:not (?:supported|available|allowed|accessible|offered)|unavailable|unsupported|blocked|restricted)\\b[^.\\n]{0,40}\\b(?:your|this|the|current) (?:\\w+ )?(?:country|region|territory|location)',
      '\\bip(?: address(?:es)?)?\\b(?:[: (]+[\\da-f.:]{3,45})?~\\b(?:not (?:authorized|allowed|permitted|whitelisted|allowlisted|in)|restriction|blocked|banned|denied)',
      "(?:not|isn't) (?:in|on) (?:the |your )?(?:ip )?(?:allow|white) ?list",
      '\\byour (?:ip )?address\\b~\\b(?:blocked|banned|denied|not allowed|restricted)',
      '(?:地区|区域|国家)[^。]{0,12}(?:不支持|不可用|受限|限制)',
      '(?:不支持|不可用于)[^。]{0,8}(?:地区|区域|国家)',
      '\\bip\\b[^。]{0,12}(?:白名单|限制|不允许|被禁|不在)',
    ),
  },

  // The request, in words that would else sound like a limit or an empty account.
  {
    name: 'part of the prompt',
    subject: 'request',
    statuses: only(400, 404, 413, 415, 422),
    param:
      /^(?:messages?|input|prompt|contents?|tools?|functions?|max_|temperature|top_|n$|response_format|image|file|metadata|size|seed|stop|logprobs)/,
  },
  TOO_LARGE,
  {
    name: 'can afford less',
    subject: 'request',
    text: says(
      'can only afford',
      'or fewer max_tokens',
      '(?:reduce|lower) (?:your |the )?max_tokens',
      'requested up to \\d+ tokens',
    ),
    mayDiffer: true,
  },
  MODERATION,
  { name: 'too long', subject: 'request', statuses: not(402, 429), words: TOO_LONG_CODES, text: TOO_LONG },
  {
    name: 'mistake of the request',
    subject: 'request',
    statuses: (status) => MISTAKES.includes(status) || status === 424,
    text: says('.'),
    // Unless it is said of the account, the key or a model first of all, or by a code.
    unless: says(
      '\\b(?:models?|deployments?)\\b|模型|must be verified|not found for account|no endpoints',
      '^(?:error: |[\\w ]{0,20}error[:,-] ?)?(?:the |your |this |an? )?(?:provided |given )?(?:incorrect |invalid |bad |missing |expired |unknown )?(?:api[ _-]?key|apikey|x-api-key)\\b(?! (?:parameter|field|in)\\b)',
      '^(?:error: )?(?:authentication (?:fail|error)|unauthori[sz]ed|access denied, please|access was terminated|身份验证|鉴权|认证失败|无效的|令牌|余额|账[号户]|额度|配额|欠费|该令牌|您的)',
      `^(?:error: )?(?:the |your |this )?${ACCOUNT}\\b[^.\\n]{0,60}\\b(?:has been|have been|is|was|are)(?: currently| temporarily| permanently)? ${PUT_OUT}`,
      "^(?:error: )?(?:the |your |this |you |you've |sorry, )?(?:credit|account balance|balance|insufficient|not enough|(?:user |token )?quota|team has|(?:have )?(?:run out|exceeded your|reached your|used (?:up )?all)|exceeded your|quota|billing|budget|payment|out of credit|no credits)",
      '^(?:error: )?(?:throttl|rate limit|too many requests)',
    ),
    unlessWords:
      /api_?key|auth|token_(?:expired|revoked)|account|organization_|billing|credit|balance|quota|arrear|overdue|budget|payment|model|deployment|endpoint|throttl|rate_?limit|too_?many|exhaust|suspend|deactivat|insufficient|limit_|^\d{4,5}$|^base_resp/,
  },

  // The account's money.
  {
    name: 'free tier of one model used up',
    subject: 'key_model',
    words: codes('allocationquota\\.freetieronly', '30011'),
    text: says(
      'free (?:tier|quota) of the model has been exhausted',
      'requires? (?:a )?paid balance',
      'only (?:available|accessible) (?:to|with|for) paid',
    ),
  },
  {
    name: 'no money',
    subject: 'money',
    words: codes(
      'insufficient_(?:user_)?(?:quota|balance|credits?|funds)',
      '(?:pre_consume_)?token_quota_(?:failed|exhausted|not_enough)|pre_consume_token_quota_failed',
      'billing_\\w+|credits_?error|credit_required|no_credits|out_of_credits|spend(?:ing)?_limit\\w*|budget_exceeded|payment_required|payment_required_error',
      'exceeded_current_quota(?:_error)?',
      'arrearage|accountoverdueerror|service_?overdue|setlimitexceeded|resourcepackexhausted|failedoperation\\.(?:resourcepackexhausted|freeresourcepackexhausted)',
      'access_terminated_due_to_billing|subscription_(?:expired|required)|membership_\\w+',
      '1113|1309|30001',
      'base_resp\\.(?:1008|2056)',
    ),
    text: says(
      '\\binsufficient[ _-](?:\\w+[ _-]){0,2}(?:balance|credits?|funds?)\\b',
      '\\b(?:balance|credits?|funds|credit balance)\\b[^.\\n]{0,40}\\b(?:insufficient|exhausted|depleted|too low|not enough|used up|negative|overdue|is required)\\b',
      "(?:do(?:es)?(?: not|n't)|without) have any (?:\\w+ )?(?:credits?|balance|funds)",
      '\\b(?:(?:run|ran) out of|out of|not enough|used(?: up)? all\\b[^.\\n]{0,30}|no (?:more |remaining )?)\\s*(?:credits?|balance|funds)\\b',
      '\\b(?:reached|reaching|exceeded|exceeds|hit|over)\\b[^.\\n]{0,40}\\b(?:hard limit|credit limit|spend(?:ing)? (?:limit|cap)|monthly (?:spend|limit|usage|budget)|monthly included credits|specified api usage limits|budget)\\b',
      '\\b(?:hard|credit|spend(?:ing)?|budget|monthly) (?:limit|cap)\\b[^.\\n]{0,30}\\b(?:reached|exceeded)\\b',
      'depleted your monthly|budget has been exceeded|billing (?:hard limit|is (?:not active|disabled))|billing to be enabled|(?:payment|account|bill|invoice)s?\\b[^.\\n]{0,20}\\boverdue|overdue (?:payment|balance|bill|invoice)|in arrears|past[ -]due|(?:trial|free) credits? (?:has |have )?(?:expired|ended)|unpaid invoice|failure to pay|payment (?:is )?required',
      // Some advertise one with every rate limit: "by adding a payment method to your account".
      '(?:no|without a|missing|valid|invalid|expired) payment method|payment method (?:is|was|has|failed|declined|required|on file)',
      '(?:membership|subscription|billing|plan)~\\b(?:expired|inactive|not active|required|benefits|lapsed)',
      'usage limit for this billing cycle|credit limit reached|key limit exceeded',
      '余额不足|欠费|(?:额度|配额)(?:不足|已用完|已用尽|已耗尽|用尽)|套餐(?:已)?(?:到期|过期)|资源包[^。]{0,10}(?:用尽|耗尽|不足)|账户余额|充值',
    ),
    unless: /\bmodel\b[^.\n]{0,60}\b(?:requires?|only available)\b[^.\n]{0,40}\b(?:subscription|plan|tier)/,
  },
  {
    name: 'quota used up',
    subject: 'money',
    text: says(
      '\\bexceeded your (?:current|monthly) quota\\b',
      '\\binsufficient[ _-](?:\\w+[ _-]){0,2}quota\\b',
      '\\bquota\\b[^.\\n]{0,30}\\b(?:exhausted|used up|depleted|not enough|insufficient)\\b',
    ),
    // A limit that heals by itself. Gemini words every rate limit like OpenAI's empty account.
    unless:
      /per[ _-]?(?:second|minute|hour|day)|rate[ _-]?limit|\b[rt]p[smd]\b|(?:retry|try again) (?:in|after)|googleapis\.com|ai\.google\.dev|quota exceeded for (?:metric|quota)|resource has been exhausted/,
  },
  {
    name: 'payment required',
    subject: 'money',
    statuses: only(402),
    text: says(
      '\\b(?:credits?|balance|quota|billing|payment|funds|plan|subscription|pay|top[ -]?up|recharge|upgrade)\\b',
      '余额|额度|充值',
    ),
  },

  // Rights: to an endpoint, which are the client's to know, and to a model, which another key may have.
  {
    name: 'endpoint that is no more',
    subject: 'request',
    words: codes(
      'chat_completions_not_available',
      'agent_api_migration_required',
      'endpoint_(?:retired|removed|deprecated)',
    ),
  },
  {
    name: 'missing right',
    subject: 'request',
    statuses: (status) => isRejection(status) || status === 400,
    words: codes(
      '(?:missing|insufficient)_(?:scopes?|permissions?)|access_token_scope_insufficient|insufficient_scope',
      'mismatched_(?:organization|project)',
      'api_method_not_allowed|endpoint_not_allowed|method_not_allowed',
      '1220',
    ),
    text: says(
      'missing scopes?|restricted (?:api )?keys?\\b',
      'insufficient (?:permissions?|authentication scopes|scopes?)',
      '(?:organization|project) header~match|should match organization|mismatched',
      '(?:not|insufficient|sufficient)~permissions?~\\b(?:operation|endpoint|resource|action|call|perform|inference|route|this api)\\b',
      "(?:not allowed|not authorized|not permitted|cannot|can't) (?:to )?(?:call|access|use|perform|create|list|read|write|delete)~(?:endpoint|operation|resource|action|route|this api|file|batch)",
      'access to the [^.\\n]{0,40}\\b(?:endpoint|api|resource)\\b[^.\\n]{0,20}\\bdenied',
      'permission to access the (?:file|object|resource|batch|assistant|thread)',
      'not (?:the )?owner of|belongs? to (?:another|a different)',
      'only available for coding agents|coding agents? only|only (?:be )?used (?:with|in|by|from)',
    ),
    unless: /\bmodels?\b/,
    mayDiffer: true,
  },
  {
    name: 'missing scope of a model',
    subject: 'request',
    statuses: (status) => isRejection(status) || status === 400,
    text: says('missing scopes?: ?model', 'scopes?~\\bmodel\\.(?:request|read)'),
    mayDiffer: true,
  },
  {
    name: 'no access to the model',
    subject: 'key_model',
    statuses: not(413, 415, 429),
    words: codes(
      'model_not_(?:found|supported|available|open|allowed|permitted|accessible|enabled|purchased)|modelnotopen|model_access_denied|\\w*model_access_denied|model_?accessdenied|model\\.accessdenied',
      'model_permission_blocked\\w*|model_terms_required|no_access|model_unavailable_for_\\w+',
      'deploymentnotfound|deployment_not_found',
      'invalidendpointormodel\\.\\w+|invalidendpoint(?:ormodel)?|unsupportedmodel|operationdenied\\.servicenotopen|accessdenied\\.unpurchased',
      '1211|1311|30003|20012',
      'base_resp\\.(?:2061|2062)',
    ),
    text: says(
      'must be verified',
      'not found for account|no endpoints (?:found|available)[^.\\n]{0,40}\\b(?:plan|account|settings)',
      "(?:do(?:es)? not|don't|doesn't|no|not|without|lacks?|denied) (?:have )?(?:access|permission|authoriz\\w+|entitle\\w+|allowed|eligible|enabled|permitted)~\\bmodels?\\b",
      '\\bmodels?\\b~\\b(?:access denied|not (?:available|enabled|allowed|authorized|permitted|accessible|activated|purchased|open) (?:to|for|on|in|by) (?:your|this|the)|requires?[^.\\n]{0,30} (?:plan|tier|subscription|access)|only available)',
      '(?:access|permission)(?: to| for)?(?: the| this)? model~(?:denied|not)',
      'does not exist or you do not have access',
      "(?:not|n't) include[^.\\n]{0,20}\\bmodels?\\b|\\bmodels?\\b[^.\\n]{0,20}\\bgated\\b|not entitled to use",
      'not found the model|no available channel|no endpoints found|no allowed providers|not activated the model|model~no access|no access to model',
      '(?:无权|没有权限|未开通|不允许|未授权)[^。]{0,12}模型|模型[^。]{0,20}(?:无可用渠道|未开通|无权|没有权限|未授权)|无可用渠道',
    ),
  },
  {
    name: 'model that is no more',
    subject: 'key_model',
    statuses: only(0, 400, 403, 404, 410),
    words: codes('model_(?:decommissioned|deprecated|retired|removed|discontinued|end_of_life|sunset)'),
    text: new RegExp(
      '\\bmodels?(?:[ /:]+\\S{1,120})? (?:(?:has|have) reached (?:its |their )?end[- ]of[- ]life|' +
        '(?:(?:is|are|was|were|has been|have been) )(?:now |permanently |already )?(?:no longer (?:available|supported|offered|served)|' +
        'removed|retired|decommissioned|discontinued|sunset|shut ?down))\\b|模型[^。]{0,40}(?:已?下线|停用|废弃)',
    ),
    unless: new RegExp(`\\b${ACCOUNT}\\b[^.\\n]{0,40}\\b${PUT_OUT}`),
  },
  {
    name: 'model not found',
    subject: 'key_model',
    statuses: only(0, 403, 404, 434, 435, 503),
    text: says(
      '\\bmodels?\\b~\\b(?:do(?:es)? not exist|not (?:exist|found|supported|support|available)|unknown|is disabled)',
      '^model: ',
      'unknown model|no such model|model not support',
      '模型[^。]{0,20}(?:不存在|不支持|不可用)',
    ),
  },

  // The key.
  {
    name: 'account put out',
    subject: 'key',
    statuses: not(404),
    words: codes(
      '(?:account|organization|user|workspace|project|team)_(?:deactivated|suspended|disabled|banned|blocked|inactive|locked|restricted|archived)',
      'deactivated_workspace|access_terminated\\w*|account_deactivated|consumer_(?:suspended|invalid)',
      'service_disabled|api_key_service_blocked|api_key_http_referrer_blocked|api_key_android_app_blocked|api_key_ios_app_blocked',
      'iam_suspended|1110|1111|1112|1120|1121|1313',
    ),
    text: says(
      `^(?:error: )?[^.\\n]{0,80}\\b${ACCOUNT}\\b~\\b(?:has been|have been|is|was|are|been|currently)(?: currently| temporarily| permanently)? ${PUT_OUT}`,
      `\\b${ACCOUNT}\\b(?: \\S+)? (?:is |was |has been )?(?:suspended|deactivated|terminated|banned)`,
      'reported as leaked|has been leaked',
      'must be a member of an organization',
      'has not been used in project|no such organization|access terminated|access was terminated',
      '账[号户][^。]{0,8}(?:封禁|冻结|停用|锁定|异常|注销|禁用)|用户已被封禁',
    ),
  },
  {
    name: 'dead key',
    subject: 'key',
    words: codes(
      '(?:invalid|incorrect|expired|revoked|unknown|missing|bad|wrong)_?(?:api_?key|key|auth\\w*|access_?token|bearer_?token|iam_token|credentials?|accesskeyid)(?:_error)?',
      '(?:api_?key|key|access_?token)_?(?:invalid|expired|not_found|revoked|disabled|notfound|blocked|suspended)',
      'authentication_?error|autherror|auth_error|authentication_failed|authenticationfailed|unauthenticated|unauthorized_error|invalid_token|token_(?:revoked|invalidated|expired|not_found_in_db)|expired_key',
      'authfailure\\S*|access_token_(?:invalid|expired|type_unsupported)|refresh_token_\\w+',
      '1000|1001|1002|1003|1004',
      'base_resp\\.(?:1004|2049)',
    ),
  },
  {
    name: 'dead key in words',
    subject: 'key',
    statuses: (status) => status < 500 && ![404, 413, 429].includes(status),
    text: says(
      `^(?:[\\w ]{0,20}error[:,-] ?)?[^.\\n]{0,40}\\b${DEAD}\\b[^.,\\n]{0,25}\\b${KEY}\\b`,
      `^(?:[\\w ]{0,20}error[:,-] ?)?[^.\\n]{0,60}\\b${KEY}\\b[^.\\n]{0,60}\\b${DEAD}\\b`,
      'api ?key[^。]{0,10}(?:无效|错误|不正确|过期|失效|不存在|禁用)|(?:无效|错误|过期)的[^。]{0,4}(?:key|密钥|令牌|token)|身份验证失败|鉴权失败|认证失败|令牌[^。]{0,8}(?:过期|无效|禁用|不存在|不可用|不正确)',
    ),
    unless: /\bmax_tokens\b/,
  },
  {
    name: 'not authenticated',
    subject: 'key',
    statuses: only(401, 407, 434),
    text: says(
      'unauthori[sz]ed|unauthenticated|not authenticated|api ?key error|密钥[^。]{0,6}(?:无效|错误|过期|禁用)',
      'authenti\\w+ (?:fail\\w*|error|required)|(?:fail\\w*|could not|unable) to (?:be )?(?:authenticate|validate|verify)|login fail|bad credentials',
      `\\b${DEAD}\\b[^.\\n]{0,30}\\b(?:tokens?|keys?|credentials?|authentication|authorization|username or password)\\b`,
      `\\b(?:token|key|credentials?|authentication|authorization|user)\\b[^.\\n]{0,30}\\b${DEAD}\\b`,
      'no (?:cookie )?auth(?:entication|orization)?(?: credentials| header)?|(?:provide|need|needs) (?:an |a valid )?api key|signature cannot be verified',
    ),
  },

  {
    name: 'dead token',
    subject: 'key',
    statuses: only(400, 403),
    text: says(
      '^(?:error: )?authenti\\w+ (?:fail\\w*|error)',
      `\\b(?:token|key|api access)s?\\b[^.\\n]{0,30}\\b${DEAD}`,
      `\\b${DEAD}\\b[^.\\n]{0,20}\\b(?:token|key)\\b`,
      '密钥[^。]{0,6}(?:无效|错误|过期|禁用)',
    ),
  },

  // The provider, or one of its models.
  {
    name: 'model overloaded',
    subject: 'provider',
    statuses: (status) => isFailure(status) || status === 429 || status === 498,
    words: codes('engine_overloaded(?:_error)?', '1312'),
    text: says(
      '\\b(?:model|engine)\\b~\\b(?:overloaded|busy|at capacity|over capacity|high (?:demand|traffic|load)|temporarily unavailable|currently unavailable|not ready|is loading|currently loading|cold)',
      '(?:overloaded|no (?:available )?capacity|high demand|no instances? available)[^.\\n]{0,40}\\bmodel\\b',
      '模型[^。]{0,16}(?:繁忙|过载|访问量过大|负载)',
    ),
    isModelOnly: true,
  },

  {
    name: 'overloaded',
    subject: 'provider',
    statuses: (status) => isFailure(status) || status === 498,
    words: codes('overloaded(?:_error)?|server_is_overloaded|capacity_exceeded'),
    text: says(
      'overloaded|(?:at|over) capacity|capacity exceeded|no (?:available )?capacity|no instances? available|high demand',
    ),
    isModelOnly: true,
  },

  // A pace that time heals.
  {
    name: 'plan used up for a while',
    subject: 'rate',
    statuses: (status) => !MISTAKES.includes(status),
    words: codes(
      'usage_limit_(?:reached|exceeded)|gousagelimiterror|freeusagelimiterror|1308|1310|1316|1317',
      '4006',
    ),
    text: says(
      'daily free allocation|usage limit (?:has been |was )?(?:reached|exceeded)|(?:reached|exceeded|hit) (?:your|the|its) (?:\\S+ )?usage limit|(?:weekly|5-hour|five-hour|session) (?:usage )?limit',
      '(?:使用|用量)上限|使用限额',
    ),
    isWholeKey: true,
  },
  {
    name: 'rate limit',
    subject: 'rate',
    statuses: (status) => !MISTAKES.includes(status) || status === 400,
    words: codes(
      'rate_?limit\\w*|ratelimit\\S*|too_?many_?requests|resource_exhausted|tokens_usage_limit_reached',
      '(?:throttl|requestlimitexceeded|limit_burst_rate|limitexceeded)\\S*|quotaexceeded\\w*|serverlimitexceeded',
      'concurrency_limit\\w*|1302|1303|1304|1305|449|slowdown',
      'base_resp\\.(?:1002|1039|1041|2045|2064)',
    ),
  },
  {
    name: 'rate limit in words',
    subject: 'rate',
    statuses: (status) => !MISTAKES.includes(status),
    text: says(
      'rate[ _-]?limit|too many (?:concurrent )?requests|throttl|requests? (?:limit|quota) (?:reached|exceeded)|(?:concurren\\w{0,6}|requests?|tokens?) per (?:second|minute|hour|day)|concurren\\w{0,6}\\b~(?:limit|exceed)',
      '(?:error|status)(?: code)?[:= ]{1,2}429|resource_exhausted|quota exceeded for (?:metric|quota|[\\w.-]+\\/)',
      'request limit reached|qps|\\b[rt]p[smd]\\b',
      '速率限制|频率|限流|请求过(?:于频繁|多)|并发[^。]{0,8}(?:超|限|过)|达到[^。]{0,12}(?:限制|上限)',
    ),
  },

  {
    name: 'failure of one model',
    subject: 'provider',
    statuses: (status) => status >= 500,
    text: says('\\bmodels?\\b', '模型'),
    isModelOnly: true,
  },
  {
    name: 'refused parameters',
    subject: 'request',
    statuses: only(0),
    words: codes('base_resp\\.(?:2013|1043|1044)|invalid_parameter\\w*|invalidparameter\\S*'),
    text: says(
      'invalid (?:params?|parameters?|arguments?|value|request|messages?|input)',
      '参数[^。]{0,6}(?:错误|非法|无效)',
    ),
  },
  {
    name: 'provider trouble',
    subject: 'provider',
    statuses: (status) => status === 0,
    text: says(
      'overload|busy|capacity|unavailable|internal|try again (?:later|shortly)|time[ds]?[ -]?out|upstream|server error|bad gateway',
      '繁忙|稍后|系统错误|内部错误|超时',
    ),
  },
];
