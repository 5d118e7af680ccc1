import { newTokenSchema } from '../admin/contract/tokens';
import { TOKENS } from '../admin/steps';
import { periodIn } from '../store/spent-period';
import { periodOf, type TokenSurroundings } from '../admin/tokens/token-fields';
import { rulesOf, statusOf } from '../admin/tokens/token-item';
import { plannedToken, refuseKnown, refuseTooMany, writeNew, writePatch } from '../admin/tokens/write-tokens';
import type { ClientTokenRow } from '../store/client-token-row';
import { failed, misused } from './failure';
import type { Program } from './program';
import { tableOf, type Terminal } from './terminal';
import { patchOf, type TokenOptions } from './token-options';

/** Shows tokens with their rules; never a token itself. */
export async function listTokens(
  program: Program,
  terminal: Terminal,
  { status, json = false }: { readonly status?: string; readonly json?: boolean },
  now: number,
): Promise<void> {
  if (status !== undefined && !['active', 'expired', 'disabled'].includes(status))
    throw misused('--status must be one of active, expired, disabled');
  const surroundings = await surroundingsOf(program, now);
  const tokens = (await tokensOf(program)).filter(
    (token) => status === undefined || statusOf(token, now) === status,
  );
  if (json) {
    for (const token of tokens) terminal.print(`${JSON.stringify(itemOf(token, surroundings))}\n`);
    return;
  }
  const head = ['ID', 'NAME', 'TOKEN', 'STATE', 'EXPIRES', 'REQUESTS', 'BUDGET', 'RULES'];
  terminal.print(
    tableOf(
      head,
      tokens.map((token) => cellsOf(token, surroundings)),
    ),
  );
}

function cellsOf(token: ClientTokenRow, surroundings: TokenSurroundings): string[] {
  const { budget, ...rules } = token.rules ?? {};
  const spent = spentOf(token, surroundings);
  return [
    token.id,
    token.name.replaceAll(/\s+/g, ' '),
    token.hint,
    statusOf(token, surroundings.now),
    token.expiresAt === null ? '' : new Date(token.expiresAt).toISOString(),
    String(token.requestCount),
    budget === undefined ? '' : `${spent} of ${budget.amount} ${budget.unit} ${budget.period}`,
    Object.keys(rules).join(' '),
  ];
}

function itemOf(token: ClientTokenRow, surroundings: TokenSurroundings): Record<string, unknown> {
  const { id, name, hint, requestCount, lastUsedAt, createdAt } = token;
  const status = statusOf(token, surroundings.now);
  const spent = token.rules?.budget === undefined ? null : spentOf(token, surroundings);
  return { id, name, hint, status, ...rulesOf(token), requestCount, lastUsedAt, createdAt, spent };
}

const NANO_USD = 1e9;

/** As it is written: a running gateway writes what is spent within seconds. */
function spentOf(token: ClientTokenRow, surroundings: TokenSurroundings): number {
  if (periodIn(token.spentPeriod) !== periodOf(token.rules, surroundings)) return 0;
  const { spentNano, spentTokens, spentRequests } = token;
  const amounts = { usd: spentNano / NANO_USD, tokens: spentTokens, requests: spentRequests };
  return amounts[token.rules?.budget?.unit ?? 'requests'];
}

export async function createToken(
  program: Program,
  terminal: Terminal,
  name: string,
  { value, ...options }: TokenOptions & { readonly value?: string },
  now: number,
): Promise<void> {
  const given = value === '-' ? (await terminal.readStdin()).trim() : value;
  const read = newTokenSchema.safeParse({ name, ...patchOf(options, {}), value: given });
  if (!read.success)
    throw misused(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  const planned = plannedToken(read.data, await surroundingsOf(program, now));
  const tokens = await tokensOf(program);
  refuseTooMany(tokens.length, 1);
  const { ALLOWED_TOKENS, AUTH_TOKEN } = program.settings;
  refuseKnown(new Set([...tokens.map((token) => token.value), ...ALLOWED_TOKENS, AUTH_TOKEN]), planned);
  await program.store.change(program.caller, async (write) => {
    const row = await writeNew(write, planned);
    const entry = { action: 'tokens.create', target: name, detail: { hint: row.hint } };
    return { entry, notes: TOKENS, result: undefined };
  });
  terminal.print(`${planned.value}\n`);
}

export async function editTokens(
  program: Program,
  terminal: Terminal,
  names: readonly string[],
  options: TokenOptions,
  now: number,
): Promise<void> {
  const chosen = named(await tokensOf(program), names);
  const surroundings = await surroundingsOf(program, now);
  const patches = chosen.map((token) => [token, patchOf(options, rulesOf(token).limits)] as const);
  const isReset = options.resetSpent === true;
  if (!isReset && patches.every(([, patch]) => Object.keys(patch).length === 0))
    throw misused('Nothing is to be changed.');
  await program.store.change(program.caller, async (write) => {
    for (const [token, patch] of patches) {
      if (Object.keys(patch).length > 0) await writePatch(write, token, patch, token.version, surroundings);
      const period = periodOf(
        patch.budget === undefined ? token.rules : { budget: patch.budget ?? undefined },
        surroundings,
      );
      if (isReset && period !== '') await write.clientTokens.resetSpent(token.id, period);
    }
    const fields = [...Object.keys(patches[0]?.[1] ?? {}), ...(isReset ? ['spent'] : [])];
    const entry = { action: 'tokens.update', target: targetOf(chosen), detail: { fields } };
    return { entry, notes: TOKENS, result: undefined };
  });
  terminal.print(`${countOf(chosen)} changed\n`);
}

export async function revokeTokens(
  program: Program,
  terminal: Terminal,
  names: readonly string[],
): Promise<void> {
  const chosen = named(await tokensOf(program), names);
  await program.store.change(program.caller, async (write) => {
    for (const { id } of chosen) await write.clientTokens.remove(id);
    const hints = chosen.map(({ hint }) => hint).join(', ');
    const entry = { action: 'tokens.revoke', target: targetOf(chosen), detail: { hint: hints } };
    return { entry, notes: TOKENS, result: undefined };
  });
  terminal.print(`${countOf(chosen)} revoked\n`);
}

const tokensOf = ({ store }: Program): Promise<ClientTokenRow[]> => store.clientTokens.list(() => undefined);

async function surroundingsOf({ store, settings }: Program, now: number): Promise<TokenSurroundings> {
  const providers = await store.providers.list(() => undefined);
  return { providers: providers.map(({ slug }) => slug), zone: settings.TIMEZONE, now };
}

/** Fewer characters would soon name the wrong one. */
const END_MIN = 3;

function named(tokens: readonly ClientTokenRow[], names: readonly string[]): ClientTokenRow[] {
  const found = names.map((name) => {
    const isEnd = (hint: string): boolean => name.length >= END_MIN && hint.endsWith(name);
    const fit = tokens.filter((token) => token.id === name || token.name === name || isEnd(token.hint));
    const [first] = fit;
    if (first === undefined) throw failed(`There is no token '${name}'. \`list-tokens\` shows them.`);
    if (fit.length > 1) throw failed(`${fit.length} tokens are called '${name}'. Take the id of one.`);
    return first;
  });
  return [...new Set(found)];
}

const countOf = ({ length }: readonly unknown[]): string => `${length} ${length === 1 ? 'token' : 'tokens'}`;

const targetOf = (tokens: readonly ClientTokenRow[]): string =>
  tokens.length === 1 ? (tokens[0]?.name ?? '') : countOf(tokens);
