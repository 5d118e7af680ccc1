import { keyHint } from '../../balancer/attribution/key-hint';
import type { Task } from '../../tasks/tasks';
import type { ProviderRow } from '../../store/rows';
import type { NewKey } from '../../store/keys/key-import';
import type { ApiKeyRow } from '../../store/keys/key-row';
import type { EndpointInput } from '../contract/endpoint';
import type { KeyImportReport, keysApi } from '../contract/keys';
import type { AdminContext } from '../context';
import { AdminError } from '../error';
import { forEachInSlices } from '../slices';
import { CHUNK } from '../steps';
import { taskItem } from '../tasks/task-item';
import { addKeys, importEntry } from './add-keys';
import { providerOfField } from './find';
import { ImportTally, SHOWN_MAX } from './import-tally';
import { parseKeys, type ParsedKey } from './parse-keys';

type Input = EndpointInput<typeof keysApi.import>;

/** Up to this many keys are added before the answer; more by a task that goes on. */
const AT_ONCE_MAX = 2_000;

/** Adds the keys of a text, or says what would become of them. */
export async function importKeys(context: AdminContext, input: Input) {
  const isUnknown = input.preview && input.provider === '';
  const provider = isUnknown ? undefined : providerOfField(context, 'provider', input.provider);
  const planned = await plan(context, provider, input);
  if (input.preview || provider === undefined) return { report: planned.report, task: null };

  const { tasks } = context;
  const { fresh } = planned;
  const id = tasks.start({
    kind: 'import-keys',
    label: `Add ${fresh.length} keys to '${provider.slug}'`,
    total: fresh.length,
    run: (task) => add(context, provider, planned, input, task),
  });
  const status = fresh.length > AT_ONCE_MAX ? tasks.get(id) : await tasks.finished(id);
  if (status === undefined) throw new AdminError('internal_error', 'The task is gone.');
  if (status.state === 'failed')
    throw new AdminError('database_failed', status.error ?? 'Adding the keys failed.');
  return { report: (status.result as KeyImportReport | undefined) ?? null, task: taskItem(status) };
}

async function add(
  context: AdminContext,
  provider: ProviderRow,
  { report, fresh, values }: Plan,
  input: Input,
  task: Task,
): Promise<KeyImportReport> {
  const change = context.store.changeInSteps(context.caller);
  const done = { looked: 0, added: 0 };
  const reportOf = (looked: number, added: number): KeyImportReport => ({
    ...report,
    added,
    // The same keys may have been added meanwhile.
    existing: report.existing + looked - added,
  });
  const entryOf = (looked: number, added: number) =>
    importEntry(provider.slug, reportOf(done.looked + looked, done.added + added));
  do {
    const keys = task.signal.aborted ? [] : fresh.slice(done.looked, done.looked + CHUNK);
    const added = await context.configuration.change((editor) =>
      addKeys(change, { providerId: provider.id, keys, entryOf }, (rows) => editor.addKeys(rows)),
    );
    done.looked += keys.length;
    done.added += added;
    task.progress(done.looked);
  } while (done.looked < fresh.length && !task.signal.aborted);
  const isWanted = input.verify && !task.signal.aborted;
  const verification = isWanted ? await verify(context, provider, values) : null;
  context.live.changed('keys');
  return { ...reportOf(done.looked, done.added), verification };
}

interface Plan {
  readonly report: KeyImportReport;
  readonly fresh: readonly NewKey[];
  /** All of the text's keys that the provider has or is to have. */
  readonly values: ReadonlySet<string>;
}

async function plan(context: AdminContext, provider: ProviderRow | undefined, input: Input): Promise<Plan> {
  const { keys, invalid, fields } = await parseKeys(input.text);
  const known = new Map<string, ApiKeyRow>();
  const rows = provider === undefined ? undefined : context.configuration.inventory.keys.get(provider.id);
  await forEachInSlices(rows?.values() ?? [], (row) => known.set(row.value, row));

  const tally = new ImportTally(known, input);
  await forEachInSlices(keys, (key) => tally.take(key));
  const { counts, fresh, odd, sample, unchanged, values } = tally;
  const report: KeyImportReport = {
    isPreview: input.preview,
    provider: provider?.slug ?? '',
    added: counts.new,
    duplicates: counts.duplicate,
    existing: counts.existing,
    unchanged,
    elsewhere: await elsewhere(context, provider, fresh),
    ...oddReport(odd),
    invalidCount: invalid.length,
    invalid: invalid.slice(0, SHOWN_MAX),
    sample,
    fields,
    verification: null,
  };
  return { report, fresh, values };
}

function oddReport(odd: readonly ParsedKey[]): Pick<KeyImportReport, 'odd' | 'oddCount' | 'oddKinds'> {
  const oddKinds: KeyImportReport['oddKinds'] = {};
  const shown: KeyImportReport['odd'] = [];
  for (const { line, value, odd: kind } of odd) {
    if (kind === undefined) continue;
    oddKinds[kind] = (oddKinds[kind] ?? 0) + 1;
    if (shown.length < SHOWN_MAX) shown.push({ line, hint: keyHint(value), kind });
  }
  return { odd: shown, oddCount: odd.length, oddKinds };
}

/** Which other providers have how many of these keys. */
async function elsewhere(
  { configuration }: AdminContext,
  provider: ProviderRow | undefined,
  fresh: readonly NewKey[],
): Promise<KeyImportReport['elsewhere']> {
  const wanted = new Set(fresh.map(({ value }) => value));
  const { providers, keys } = configuration.inventory;
  const found: KeyImportReport['elsewhere'] = [];
  for (const { id, slug } of providers) {
    if (id === provider?.id || wanted.size === 0) continue;
    let count = 0;
    await forEachInSlices(keys.get(id)?.values() ?? [], ({ value }) => {
      if (wanted.has(value)) count += 1;
    });
    if (count > 0) found.push({ provider: slug, count });
  }
  return found;
}

/**
 * Starts to test the keys of the text, wherever they came from. Returns the task's id; null if there is none to test.
 */
async function verify(
  { configuration, keyProber }: AdminContext,
  provider: ProviderRow,
  values: ReadonlySet<string>,
): Promise<string | null> {
  const keyIds: string[] = [];
  await forEachInSlices(configuration.inventory.keys.get(provider.id)?.values() ?? [], ({ id, value }) => {
    if (values.has(value)) keyIds.push(id);
  });
  return keyIds.length === 0 ? null : keyProber.verify({ kind: 'keys', keyIds });
}
