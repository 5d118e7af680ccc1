import { limitNames, type LimitName } from '../../config/values/use-limits';

/** Names that people and programs give to a key: `OPENAI_API_KEY`, `apiKey`, `x-api-key`, `Authorization`. */
const KEY_NAME =
  /^(?:[\w. -]*[\s_.-])?(?:api|access|secret|auth|client|private)?[\s_-]?(?:keys?|tokens?|secrets?|credentials?|apikeys?)(?:[\s_-]?(?:value|\d{1,3}))?$|^(?:[a-z\d]+)?(?:Api|Access|Secret|Auth)?(?:Keys?|Tokens?|Secrets?)$|^authorization$|^(?:api[\s_-]?)?(?:密钥|秘钥|令牌|金鑰)$/i;
const NOTE_NAME = /^(?:notes?|remarks?|comments?|descriptions?|labels?|备注|说明)$/i;
const TITLE_NAME = /^(?:name|title|owner|user|account|email|alias|名称|账号|邮箱)$/i;
const ACCOUNT_NAME = /^accounts?$/i;
const NAME_MAX = 60;

export function isKeyName(name: string): boolean {
  return name.length <= NAME_MAX && KEY_NAME.test(name);
}

/** Names a column of accounts. */
export function isAccountName(name: string): boolean {
  return ACCOUNT_NAME.test(name);
}

/** Names all limits at once. */
export function isLimitsName(name: string): boolean {
  return name.toLowerCase() === 'limits';
}

/** The limit that a column is for: `requests_per_minute`, `Requests per minute`, `requestsPerMinute`, `RPM`. */
export function limitOf(name: string): LimitName | undefined {
  const word = name.toLowerCase().replace(/[^a-z]/g, '');
  return limitNames.find((limit) => {
    const long = limit.replaceAll('_', '');
    const [what = '', , span = ''] = limit.split('_');
    return word === long || (span !== '' && word === `${what.charAt(0)}p${span.charAt(0)}`);
  });
}

/** Notes first, names of people and things after them. 0: neither. */
export function noteRank(name: string): 0 | 1 | 2 {
  if (NOTE_NAME.test(name)) return 2;
  return TITLE_NAME.test(name) ? 1 : 0;
}
