import { tokenPatchSchema, type TokenPatch } from '../admin/contract/tokens';
import { messageOf } from '../admin/words/issue-message';
import { misused } from './failure';

/** The rules of a token as a person types them. */
export interface TokenOptions {
  readonly name?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly resetSpent?: boolean;
  readonly expires?: string;
  readonly models?: string;
  readonly providers?: string;
  readonly ips?: string;
  readonly requestsPerMinute?: string;
  readonly tokensPerMinute?: string;
  readonly concurrency?: string;
  readonly budget?: string;
  readonly priority?: string;
  readonly note?: string;
}

type Limits = NonNullable<TokenPatch['limits']>;

/** Throws for what was not understood, with the name of the option. `limits`: those that it has. */
export function patchOf(options: TokenOptions, limits: Limits): TokenPatch {
  const { name, enable, disable, expires, models, providers, ips, budget, priority, note } = options;
  if (enable === true && disable === true) throw misused('--enable and --disable do not go together.');
  const given = {
    name,
    isEnabled: enable === true ? true : disable === true ? false : undefined,
    expiresAt: expires === undefined ? undefined : timeOf(expires),
    models: listOf(models),
    providers: listOf(providers),
    allowedIps: listOf(ips),
    limits: limitsOf(options, limits),
    budget: budget === undefined ? undefined : budgetOf(budget),
    priority: priority === undefined ? undefined : numberOf('priority', priority),
    note,
  };
  const read = tokenPatchSchema.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  );
  if (read.success) return read.data;
  throw misused(read.error.issues.map((issue) => `${issue.path.join('.')}: ${messageOf(issue)}`).join('\n'));
}

const NONE: ReadonlySet<string> = new Set(['', 'any', 'all', 'none']);

function listOf(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  if (NONE.has(text.trim())) return [];
  return text
    .split(/[,\s]+/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function timeOf(text: string): number | null {
  if (text === 'never') return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw misused(`--expires must be a time such as 2027-01-31, or never.`);
  return at;
}

function limitsOf(options: TokenOptions, before: Limits): Limits | undefined {
  const limits: Record<string, number | undefined> = { ...before };
  let isChanged = false;
  for (const name of ['requestsPerMinute', 'tokensPerMinute', 'concurrency'] as const) {
    const text = options[name];
    if (text === undefined) continue;
    isChanged = true;
    limits[name] = text === 'none' ? undefined : numberOf(name, text);
  }
  return isChanged ? limits : undefined;
}

function budgetOf(text: string): object | null {
  if (text === 'none') return null;
  const [amount = '', unit = '', period = '', ...rest] = text.trim().split(/[\s/]+/);
  if (period === '' || rest.length > 0)
    throw misused('--budget must be an amount, a unit and a period, such as "25 usd month", or none.');
  return { amount: numberOf('budget', amount), unit, period };
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw misused(`${name}: must be a number`);
  return number;
}
