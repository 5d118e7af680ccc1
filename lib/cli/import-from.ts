import { applyMove } from '../admin/moving-in/apply-move';
import { moveWork, type MoveWork, type PresentState, type ProviderWork } from '../admin/moving-in/move-work';
import type { MovingPlan, Remark } from '../moving-in/plan';
import { ITEMS_MAX } from '../moving-in/remarks';
import { SOURCE_PROGRAM_NAMES, SOURCE_PROGRAMS } from '../moving-in/programs';
import type { Source, SourceProgram } from '../moving-in/source';
import { failed, misused } from './failure';
import { readSource, type SourceChoice } from './import-source';
import type { Program } from './program';
import { tableOf, type Terminal } from './terminal';

export interface ImportFrom extends SourceChoice {
  readonly program: string;
  readonly isPreview: boolean;
}

/** Takes over an installation of another gateway, or says what would come of that. It is only read. */
export async function importFrom(
  program: Program,
  terminal: Terminal,
  asked: ImportFrom,
  now: number,
): Promise<void> {
  const name = SOURCE_PROGRAM_NAMES.find((one) => one === asked.program.toLowerCase());
  if (name === undefined) {
    throw misused(`'${asked.program}' cannot be taken over. There are: ${SOURCE_PROGRAM_NAMES.join(', ')}.`);
  }
  const source = SOURCE_PROGRAMS[name];
  const plan = planOf(source, await readSource(source, asked));
  const present = await presentState(program, now);
  const work = moveWork(plan, present);
  const { title } = source;
  if (!asked.isPreview) {
    const entry = { action: 'installation.move-in', target: title };
    await applyMove(program.store, program.caller, {
      title,
      work,
      present,
      saveRoutes: (change, setting) => program.saveSettings(change, { MODEL_ROUTES: setting }, entry),
    });
  }
  terminal.print(report(work, asked.isPreview));
}

function planOf(program: SourceProgram, source: Source): MovingPlan {
  try {
    return program.read(source);
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (code === 'unreadable_source') throw failed(String(message));
    throw error;
  }
}

async function presentState({ store, settings }: Program, now: number): Promise<PresentState> {
  const ignore = () => undefined;
  const keys = new Map<string, Set<string>>();
  for (const { providerId, value } of await store.keys.loadAll(ignore)) {
    const values = keys.get(providerId) ?? new Set();
    keys.set(providerId, values.add(value));
  }
  const own = (await store.clientTokens.list(ignore)).map(({ value }) => value);
  return {
    providers: await store.providers.list(ignore),
    keys,
    egresses: await store.egress.list(ignore),
    tokens: new Set([...own, ...settings.ALLOWED_TOKENS, settings.AUTH_TOKEN]),
    tokenCount: own.length,
    routes: settings.MODEL_ROUTES,
    zone: settings.TIMEZONE,
    now,
  };
}

function report(work: MoveWork, isPreview: boolean): string {
  const { providers, proxies, routes, tokens, remarks } = work;
  const head = ['PROVIDER', 'ADDRESS', '', 'NEW KEYS', 'KEYS HERE ALREADY', 'OF THE NEW OUT OF USE'];
  const lines = [
    ...(isPreview ? ['Preview: nothing has been written.', ''] : []),
    ...(providers.length > 0 ? [tableOf(head, providers.map(cellsOf))] : []),
    `proxies: ${proxies.length} new`,
    `routes of models: ${routes.fresh} new, ${routes.known} here already`,
    `client tokens: ${tokens.fresh.length} new, ${tokens.known} here already`,
    ...(remarks.length > 0 ? ['', 'Not taken over, or not as it was:'] : []),
    ...remarks.map((remark) => `- ${lineOf(remark)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function cellsOf({ slug, planned, id, keys, keysKnown }: ProviderWork): string[] {
  return [
    slug,
    planned.baseUrl,
    id === undefined ? 'new' : 'here already',
    String(keys.length),
    String(keysKnown),
    String(keys.filter(({ state }) => state !== 'active').length),
  ];
}

function lineOf({ text, count, items }: Remark): string {
  const named = items.length === 0 ? '' : `: ${items.join(', ')}${items.length === ITEMS_MAX ? ', ...' : ''}`;
  return `${text} (${count}${named})`;
}
