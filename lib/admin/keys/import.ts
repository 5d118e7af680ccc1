import { keyHint } from '../../store/key-hint';
import type { ProviderRow } from '../../store';
import type { EndpointInput } from '../contract/endpoint';
import type { KeyImportReport, keysApi } from '../contract/keys';
import { recordChange } from '../audit/record';
import type { AdminContext } from '../context';
import { AdminError } from '../error';
import { forEachInSlices } from '../slices';
import { taskItem } from '../tasks/task-item';
import { providerOfField } from './find';
import { parseKeys, SHORT_MAX } from './parse-keys';

type Input = EndpointInput<typeof keysApi.import>;

const SHOWN_MAX = 100;
/** Up to this many keys are added before the answer; more by a task that goes on. */
const AT_ONCE_MAX = 2_000;
/** Keys that are put in force together; other changes get their turn in between. */
const CHUNK = 2_500;

/** Adds the keys of a text, or says what would become of them. */
export async function importKeys(context: AdminContext, input: Input) {
  const provider = providerOfField(context, 'provider', input.provider);
  const { report, fresh } = await plan(context, provider, input);
  if (input.preview) return { report, task: null };

  const { tasks } = context;
  const id = tasks.start({
    kind: 'import-keys',
    label: `Add ${fresh.length} keys to '${provider.slug}'`,
    total: fresh.length,
    run: async (task) => {
      const done = { looked: 0, added: 0 };
      for (let start = 0; start < fresh.length && !task.signal.aborted; start += CHUNK) {
        const values = fresh.slice(start, start + CHUNK);
        done.added += await addKeys(context, provider, values, input);
        done.looked += values.length;
        task.progress(done.looked);
      }
      const result: KeyImportReport = {
        ...report,
        added: done.added,
        // Somebody else may have been quicker.
        existing: report.existing + done.looked - done.added,
      };
      await recordImport(context, provider, result);
      return result;
    },
  });
  const status = fresh.length > AT_ONCE_MAX ? tasks.get(id) : await tasks.finished(id);
  if (status === undefined) throw new AdminError('internal_error', 'The task is gone.');
  if (status.state === 'failed')
    throw new AdminError('database_failed', status.error ?? 'Adding the keys failed.');
  return { report: (status.result as KeyImportReport | undefined) ?? null, task: taskItem(status) };
}

async function plan(context: AdminContext, provider: ProviderRow, { text, preview }: Input) {
  const { keys, invalid } = await parseKeys(text);
  const known = new Set<string>();
  const rows = context.configuration.inventory.keys.get(provider.id);
  await forEachInSlices(rows?.values() ?? [], ({ value }) => known.add(value));

  const seen = new Set<string>();
  const counts = { new: 0, duplicate: 0, existing: 0 };
  let short = 0;
  const sample: KeyImportReport['sample'] = [];
  await forEachInSlices(keys, ({ line, value }) => {
    const outcome = seen.has(value) ? 'duplicate' : known.has(value) ? 'existing' : 'new';
    seen.add(value);
    counts[outcome] += 1;
    if (outcome === 'new' && value.length <= SHORT_MAX) short += 1;
    if (sample.length < SHOWN_MAX) sample.push({ line, hint: keyHint(value), outcome });
  });
  const report: KeyImportReport = {
    isPreview: preview,
    provider: provider.slug,
    added: counts.new,
    duplicates: counts.duplicate,
    existing: counts.existing,
    short,
    invalidCount: invalid.length,
    invalid: invalid.slice(0, SHOWN_MAX),
    sample,
  };
  return { report, fresh: [...seen].filter((value) => !known.has(value)) };
}

function addKeys(
  { configuration, store }: AdminContext,
  provider: ProviderRow,
  values: readonly string[],
  { note, weight }: Input,
): Promise<number> {
  return configuration.change(async (editor) => {
    const keys = values.map((value) => ({ value, note, weight }));
    const { added } = await store.keys.importMany(provider.id, keys, 'dashboard');
    editor.addKeys(added);
    return added.length;
  });
}

async function recordImport(context: AdminContext, provider: ProviderRow, report: KeyImportReport) {
  const { added, duplicates, existing, invalidCount } = report;
  context.live.changed('keys');
  await recordChange(context, {
    action: 'keys.import',
    target: provider.slug,
    detail: { added, duplicates, existing, invalid: invalidCount },
  });
}
