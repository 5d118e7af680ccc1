/** Names that people and programs give to a key: `OPENAI_API_KEY`, `apiKey`, `x-api-key`, `Authorization`. */
const KEY_NAME =
  /^(?:[\w. -]*[\s_.-])?(?:api|access|secret|auth|client|private)?[\s_-]?(?:keys?|tokens?|secrets?|credentials?|apikeys?)(?:[\s_-]?(?:value|\d{1,3}))?$|^(?:[a-z\d]+)?(?:Api|Access|Secret|Auth)?(?:Keys?|Tokens?|Secrets?)$|^authorization$|^(?:api[\s_-]?)?(?:密钥|秘钥|令牌|金鑰)$/i;
const NOTE_NAME = /^(?:notes?|remarks?|comments?|descriptions?|labels?|备注|说明)$/i;
const TITLE_NAME = /^(?:name|title|owner|user|account|email|alias|名称|账号|邮箱)$/i;
const NAME_MAX = 60;

export function isKeyName(name: string): boolean {
  return name.length <= NAME_MAX && KEY_NAME.test(name);
}

/** Notes first, names of people and things after them. 0: neither. */
export function noteRank(name: string): 0 | 1 | 2 {
  if (NOTE_NAME.test(name)) return 2;
  return TITLE_NAME.test(name) ? 1 : 0;
}
