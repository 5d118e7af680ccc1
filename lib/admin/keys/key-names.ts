import { limitNames, type LimitName } from '../../config/values/use-limits';

/** Names that people and programs give to a key: `OPENAI_API_KEY`, `apiKey`, `x-api-key`, `Authorization`. */
const KEY_NAME =
  /^(?:[\w. -]*[\s_.-])?(?:api|access|secret|auth|client|private)?[\s_-]?(?:keys?|tokens?|secrets?|credentials?|apikeys?)(?:[\s_-]?(?:value|\d{1,3}))?$|^(?:[a-z\d]+)?(?:Api|Access|Secret|Auth)?(?:Keys?|Tokens?|Secrets?)$|^authorization$|^(?:api[\s_-]?)?(?:密钥|秘钥|令牌|金鑰)$/i;
const NOTE_NAME = /^(?:notes?|remarks?|comments?|descriptions?|labels?|备注|说明)$/i;
const TITLE_NAME = /^(?:name|title|owner|user|account|email|alias|名称|账号|邮箱)$/i;
const ACCOUNT_NAME = /^accounts?(?:[\s_-]?name)?$/i;
const RESET_NAME = /^day[\s_-]?resets?[\s_-]?at$/i;
const WEIGHT_NAME = /^(?:weights?|权重)$/i;
const TAGS_NAME = /^(?:tags?|标签)$/i;
const NAME_MAX = 60;

export function isKeyName(name: string): boolean {
  return name.length <= NAME_MAX && KEY_NAME.test(name);
}

/** Names a column of accounts. */
export function isAccountName(name: string): boolean {
  return ACCOUNT_NAME.test(name);
}

/** Names the share of the traffic. */
export function isWeightName(name: string): boolean {
  return WEIGHT_NAME.test(name);
}

/** Names a list of tags. */
export function isTagsName(name: string): boolean {
  return TAGS_NAME.test(name);
}

/** Names all limits at once. */
export function isLimitsName(name: string): boolean {
  return name.toLowerCase() === 'limits';
}

/** Names when the day of the limits begins. */
export function isResetName(name: string): boolean {
  return RESET_NAME.test(name);
}

/**
 * The limit that a column is for: `requests_per_minute`, `Requests per minute (RPM)`, `requestsPerMinute`, `RPM`,
 * `max_requests/min`.
 */
export function limitOf(name: string): LimitName | undefined {
  if (name.length > NAME_MAX) return undefined;
  const bare = name.toLowerCase().replace(/\([^()]*\)?/, '');
  const word = bare.replace('/', 'per').replace(/[^a-z]/g, '');
  const [, what = ''] = /^(?:max(?:imum)?)?(.*?)(?:limit)?$/.exec(word) ?? [];
  return limitNames.find((limit) => {
    const [use = '', , span = ''] = limit.split('_');
    if (span === '') return what === limit;
    const used = use.slice(0, -1);
    const spans = [span, span.slice(0, 3)];
    const long = spans.flatMap((each) => [`${used}per${each}`, `${used}sper${each}`]);
    return long.includes(what) || what === `${use.charAt(0)}p${span.charAt(0)}`;
  });
}

/** Notes first, names of people and things after them. 0: neither. */
export function noteRank(name: string): 0 | 1 | 2 {
  if (NOTE_NAME.test(name)) return 2;
  return TITLE_NAME.test(name) ? 1 : 0;
}
