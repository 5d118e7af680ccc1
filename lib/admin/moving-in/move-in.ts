import { setImmediate as nextTurn } from 'node:timers/promises';
import { settingRecords } from '../../config/live-settings';
import type { MovingPlan } from '../../moving-in/plan';
import { SOURCE_PROGRAMS } from '../../moving-in/programs';
import type { SourceProgram } from '../../moving-in/source';
import type { SteppedChange } from '../../store/changes/change';
import type { SettingRow } from '../../store/rows';
import type { MoveReport } from '../contract/installation';
import type { AdminContext } from '../context';
import { AdminError } from '../error';
import { surroundingsOf, tokenValues } from '../tokens/surroundings';
import { applyMove } from './apply-move';
import { moveReport } from './move-report';
import { moveWork, type MoveWork, type PresentState } from './move-work';
import { uploadedSource, type MoveInput } from './uploaded-source';

/**
 * Takes over an installation of another gateway, or says what would come of that. All of it or nothing is written; it
 * is in force when the promise settles.
 */
export async function moveIn(context: AdminContext, input: MoveInput): Promise<MoveReport> {
  const program = SOURCE_PROGRAMS[input.program];
  const source = await uploadedSource(program, input);
  await nextTurn();
  const plan = planOf(program, source);
  await nextTurn();
  if (input.preview) return moveReport(program.title, moveWork(plan, presentState(context)), true);
  const work = await context.configuration.change(() => carriedOut(context, program.title, plan));
  await context.configuration.takeOver((what) =>
    context.onError(new Error(`a ${what} cannot be decrypted`), 'taking over what was moved in'),
  );
  context.live.changed('providers', 'keys', 'proxies', 'tokens', 'settings');
  return moveReport(program.title, work, false);
}

async function carriedOut(context: AdminContext, title: string, plan: MovingPlan): Promise<MoveWork> {
  const present = presentState(context);
  const work = moveWork(plan, present);
  const entry = { action: 'installation.move-in', target: title };
  const saveRoutes = async (change: SteppedChange, setting: string) => {
    const rows = routeRows(context, present, setting);
    await change.step(async (write) => {
      await write.settings.saveMany(rows);
      return { entry, notes: [], result: undefined };
    });
  };
  await applyMove(context.store, context.caller, { title, work, present, saveRoutes });
  return work;
}

function planOf(program: SourceProgram, source: Parameters<SourceProgram['read']>[0]): MovingPlan {
  try {
    return program.read(source);
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (code === 'unreadable_source') throw new AdminError('invalid_input', String(message));
    throw error;
  }
}

function presentState(context: AdminContext): PresentState {
  const { inventory } = context.configuration;
  const { zone, now } = surroundingsOf(context);
  return {
    providers: inventory.providers,
    keys: new Map(
      [...inventory.keys].map(([id, rows]) => [id, new Set([...rows.values()].map(({ value }) => value))]),
    ),
    egresses: inventory.egresses,
    tokens: tokenValues(context),
    tokenCount: inventory.clientTokens.length,
    routes: context.settings.current.MODEL_ROUTES,
    zone,
    now,
  };
}

/** MODEL_ROUTES as it is to be. Settings do not take turns with all else: somebody may have been quicker. */
function routeRows({ settings, now }: AdminContext, { routes }: PresentState, setting: string): SettingRow[] {
  if (settings.current.MODEL_ROUTES !== routes)
    throw new AdminError('conflict', 'Somebody else has changed MODEL_ROUTES meanwhile.');
  const { records, problems } = settingRecords({ MODEL_ROUTES: setting }, settings.records);
  const [problem] = problems;
  if (problem !== undefined) throw new AdminError('invalid_input', problem.message);
  return records.map((record) => ({ ...record, source: 'dashboard', updatedAt: now() }));
}
