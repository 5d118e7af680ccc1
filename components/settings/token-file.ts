/** As the admin API takes them at a time. */
export const TOKENS_AT_ONCE = 1_000;
export const TOKEN_FILE_MB = 3;
const BYTES_MAX = TOKEN_FILE_MB * 2 ** 20;

export type FileToken = Readonly<Record<string, unknown>>;

export type TokenFile =
  | { readonly tokens: readonly FileToken[] }
  /** Why nothing of it can be imported. */
  | { readonly problem: 'large' | 'json' | 'none' | 'many' };

/** Reads what an export has written: an object with `tokens`, or the list alone. Never rejects. */
export async function readTokenFile(file: Pick<File, 'size' | 'text'>): Promise<TokenFile> {
  if (file.size > BYTES_MAX) return { problem: 'large' };
  const list = listIn(parsed(await file.text().catch(() => '')));
  if (list === undefined) return { problem: 'json' };
  if (list.length === 0) return { problem: 'none' };
  return list.length > TOKENS_AT_ONCE ? { problem: 'many' } : { tokens: list };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function listIn(value: unknown): readonly FileToken[] | undefined {
  const list = isObject(value) ? value.tokens : value;
  return Array.isArray(list) && list.every(isObject) ? list : undefined;
}

function isObject(value: unknown): value is FileToken {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
