import { mkdirSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type LiveSettings,
  openLiveSettings,
  type OpenOptions,
  type SettingsStore,
} from '../../../lib/config/live-settings';
import type { SettingProblem, SettingRecord } from '../../../lib/config/reconcile';
import { readStartupSettings } from '../../../lib/config/startup';

let folder: string;
let envFile: string;
const opened: LiveSettings[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'live-settings-'));
  envFile = join(folder, '.env');
});

afterEach(() => {
  for (const settings of opened.splice(0)) settings.close();
  rmSync(folder, { recursive: true, force: true });
});

function memoryStore(initial: readonly SettingRecord[] = []) {
  const rows = new Map<string, SettingRecord>(initial.map((record) => [record.name, record]));
  const saveMany = vi.fn<SettingsStore['saveMany']>(async (records) => {
    for (const record of records) rows.set(record.name, record);
  });
  return { list: async () => [...rows.values()], saveMany, rows };
}

function setup(given: Partial<OpenOptions> = {}) {
  const startup = readStartupSettings({ PORT: '1234' }, {});
  if (!startup.ok) throw new Error('startup');
  const store = memoryStore();
  const problems: SettingProblem[] = [];
  const saveErrors: unknown[] = [];
  const options: OpenOptions = {
    store,
    startup: startup.settings,
    environment: {},
    envFile,
    watch: false,
    onProblem: (problem) => problems.push(problem),
    onSaveError: (error) => saveErrors.push(error),
    ...given,
  };
  return { options, store, problems, saveErrors };
}

async function open(options: OpenOptions): Promise<LiveSettings> {
  const result = await openLiveSettings(options);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join());
  opened.push(result.settings);
  return result.settings;
}

const nextChange = (settings: LiveSettings) =>
  new Promise<string[]>((resolve) => {
    const stop = settings.subscribe((_current, changed) => {
      stop();
      resolve([...changed]);
    });
  });

describe('openLiveSettings', () => {
  it('puts start-up values, defaults, file and environment together, and saves what was applied', async () => {
    writeFileSync(envFile, 'MAX_FAILURES=5\nMAX_RETRIES=1\nPORT=9\n');
    const { options, store } = setup({ environment: { MAX_RETRIES: '2' } });
    const { current } = await open(options);
    expect(current).toMatchObject({ PORT: 1234, MAX_FAILURES: 5, MAX_RETRIES: 2, LOG_LEVEL: 'INFO' });
    expect([...store.rows.keys()].sort()).toStrictEqual(['MAX_FAILURES', 'MAX_RETRIES']);
  });

  it('keeps what is set while the settings are read again', async () => {
    const { options, store } = setup();
    const settings = await open(options);
    await settings.set({ MAX_FAILURES: '5' });
    const list = store.list;
    store.list = async () => {
      const rows = await list();
      await settings.set({ MAX_FAILURES: '9' });
      return rows;
    };
    await settings.refresh();
    expect(settings.current.MAX_FAILURES).toBe(9);
  });

  it('refuses to start with wrong values, and names all of them', async () => {
    writeFileSync(envFile, 'MAX_FAILURES=many\n');
    const { options, store } = setup({ environment: { LOG_LEVEL: 'x' } });
    const result = await openLiveSettings(options);
    expect(result).toMatchObject({
      ok: false,
      problems: [
        { name: 'MAX_FAILURES', source: 'file' },
        { name: 'LOG_LEVEL', source: 'environment' },
      ],
    });
    expect(store.saveMany).not.toHaveBeenCalled();
  });

  it('refuses to start with a file that cannot be read', async () => {
    mkdirSync(envFile);
    expect(await openLiveSettings(setup().options)).toMatchObject({
      ok: false,
      problems: [{ name: 'ENV_FILE' }],
    });
  });

  it('keeps what the dashboard set over a restart', async () => {
    writeFileSync(envFile, 'MAX_FAILURES=5\n');
    const { options } = setup();
    const first = await open(options);
    await first.set({ MAX_FAILURES: '9' });
    expect((await open(options)).current.MAX_FAILURES).toBe(9);
  });

  it('keeps the values of a file that is missing at start', async () => {
    writeFileSync(envFile, 'MAX_FAILURES=5\n');
    const { options } = setup();
    await open(options);
    unlinkSync(envFile);
    expect((await open(options)).current.MAX_FAILURES).toBe(5);
  });

  it('starts with a stored value that is no longer allowed: the default, a problem, and the file asked again', async () => {
    writeFileSync(envFile, 'MAX_RETRIES=2\n');
    const blank = { appliedEnvironment: null, appliedFile: null };
    const { options, problems } = setup({
      store: memoryStore([
        { ...blank, name: 'MAX_FAILURES', value: '99999', source: 'dashboard' },
        { ...blank, name: 'MAX_RETRIES', value: '99999', source: 'file' },
        { ...blank, name: 'FROM_ANOTHER_VERSION' as never, value: 'x', source: 'dashboard' },
      ]),
    });
    const settings = await open(options);
    expect(settings.current).toMatchObject({ MAX_FAILURES: 3, MAX_RETRIES: 2 });
    expect(problems.map(({ name }) => name)).toStrictEqual(['MAX_FAILURES', 'MAX_RETRIES']);
    expect(settings.problems.map(({ name }) => name)).toStrictEqual(['MAX_FAILURES']);
    await settings.set({ MAX_FAILURES: '4' });
    expect(settings.problems).toStrictEqual([]);
  });
});

describe('set', () => {
  it('is in force when the call returns, before it is saved', async () => {
    const { options, store } = setup();
    const settings = await open(options);
    const before = settings.current;
    const done = settings.set({ MAX_FAILURES: '9', API_KEYS: 'a,b' });
    expect(settings.current).toMatchObject({ MAX_FAILURES: 9, API_KEYS: ['a', 'b'] });
    expect(before.MAX_FAILURES).toBe(3);
    expect(await done).toStrictEqual({ ok: true });
    expect(store.rows.get('API_KEYS')).toMatchObject({ value: '["a","b"]', source: 'dashboard' });
  });

  it('changes nothing if one of several is wrong', async () => {
    const { options, store } = setup();
    const settings = await open(options);
    const listener = vi.fn();
    settings.subscribe(listener);
    const patch = { MAX_FAILURES: '9', MAX_RETRIES: 'x', PORT: '1', NOPE: '1' };
    expect(await settings.set(patch)).toMatchObject({
      ok: false,
      problems: [
        { name: 'MAX_RETRIES', source: 'dashboard' },
        { name: 'PORT', message: expect.stringContaining('at start only') as string },
        { name: 'NOPE' },
      ],
    });
    expect(settings.current.MAX_FAILURES).toBe(3);
    expect(listener).not.toHaveBeenCalled();
    expect(store.saveMany).not.toHaveBeenCalled();
  });

  it('goes back to the default with null', async () => {
    const { options } = setup({ environment: { MAX_FAILURES: '5' } });
    const settings = await open(options);
    await settings.set({ MAX_FAILURES: null });
    expect(settings.current.MAX_FAILURES).toBe(3);
    expect(settings.records.get('MAX_FAILURES')).toMatchObject({ value: null, source: 'dashboard' });
  });

  it('stays in force when saving fails, and is saved with the next change', async () => {
    const { options, store, saveErrors } = setup();
    const settings = await open(options);
    store.saveMany.mockRejectedValueOnce(new Error('disk full'));
    expect(await settings.set({ MAX_FAILURES: '9' })).toStrictEqual({ ok: true });
    expect(saveErrors).toHaveLength(1);
    expect(settings.current.MAX_FAILURES).toBe(9);
    expect(store.rows.has('MAX_FAILURES')).toBe(false);
    await settings.set({ MAX_RETRIES: '1' });
    expect([...store.rows.keys()].sort()).toStrictEqual(['MAX_FAILURES', 'MAX_RETRIES']);
  });

  it('saves the newest value last when changes come faster than the store', async () => {
    const { options, store } = setup();
    const settings = await open(options);
    let release: () => void = () => undefined;
    const begun = new Promise<void>((started) => {
      store.saveMany.mockImplementationOnce(async (records) => {
        started();
        await new Promise<void>((resolve) => (release = resolve));
        for (const record of records) store.rows.set(record.name, record);
      });
    });
    const first = settings.set({ MAX_FAILURES: '4' });
    await begun;
    const others = ['5', '6'].map((text) => settings.set({ MAX_FAILURES: text }));
    release();
    await Promise.all([first, ...others]);
    expect(store.rows.get('MAX_FAILURES')?.value).toBe('6');
  });
});

describe('subscribe', () => {
  it('tells of the names whose value changed, with the new settings in force already', async () => {
    const { options } = setup();
    const settings = await open(options);
    const seen: unknown[] = [];
    settings.subscribe((current, changed) => seen.push([current === settings.current, [...changed]]));
    await settings.set({ MAX_FAILURES: '9', MAX_RETRIES: '3', LOG_LEVEL: null });
    expect(seen).toStrictEqual([[true, ['MAX_FAILURES']]]);
  });

  it('goes on with the others when a listener throws', async () => {
    const onListenerError = vi.fn();
    const { options } = setup({ onListenerError });
    const settings = await open(options);
    const second = vi.fn();
    settings.subscribe(() => {
      throw new Error('mine');
    });
    settings.subscribe(second);
    await settings.set({ MAX_FAILURES: '9' });
    expect(second).toHaveBeenCalledOnce();
    expect(onListenerError).toHaveBeenCalledOnce();
  });

  it('stops when asked to', async () => {
    const settings = await open(setup().options);
    const listener = vi.fn();
    settings.subscribe(listener)();
    await settings.set({ MAX_FAILURES: '9' });
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('reload', () => {
  it('keeps the old value of a wrong text and reports it once, until it is corrected', async () => {
    writeFileSync(envFile, 'MAX_FAILURES=5\n');
    const { options, problems } = setup();
    const settings = await open(options);
    await settings.reload({ MAX_FAILURES: 'many', MAX_RETRIES: '1' });
    await settings.reload({ MAX_FAILURES: 'many', MAX_RETRIES: '1' });
    expect(settings.current).toMatchObject({ MAX_FAILURES: 5, MAX_RETRIES: 1 });
    expect(problems).toMatchObject([{ name: 'MAX_FAILURES', source: 'file' }]);
    expect(settings.problems).toStrictEqual(problems);
    await settings.reload({ MAX_FAILURES: '6' });
    expect(settings.problems).toStrictEqual([]);
    expect(settings.current).toMatchObject({ MAX_FAILURES: 6, MAX_RETRIES: 3 });
  });

  it('gives a setting back to the environment when the file drops it', async () => {
    const { options } = setup({ environment: { MAX_FAILURES: '5' } });
    const settings = await open(options);
    await settings.reload({ MAX_FAILURES: '6' });
    expect(settings.current.MAX_FAILURES).toBe(6);
    await settings.reload({});
    expect(settings.current.MAX_FAILURES).toBe(5);
  });

  it('keeps the identity of values that did not change', async () => {
    const settings = await open(setup().options);
    await settings.set({ API_KEYS: 'a' });
    const { API_KEYS } = settings.current;
    await settings.reload({ MAX_FAILURES: '6' });
    expect(settings.current.API_KEYS).toBe(API_KEYS);
  });
});

describe('following the file', () => {
  const following = async () => {
    writeFileSync(envFile, 'MAX_FAILURES=5\n');
    const made = setup({ watch: true });
    return { ...made, settings: await open(made.options) };
  };

  it('applies an edit in place', async () => {
    const { settings } = await following();
    const changed = nextChange(settings);
    writeFileSync(envFile, 'MAX_FAILURES=6\n');
    expect(await changed).toStrictEqual(['MAX_FAILURES']);
    expect(settings.current.MAX_FAILURES).toBe(6);
  });

  it('applies a file that replaces it by a rename, and keeps the dashboard elsewhere', async () => {
    const { settings } = await following();
    await settings.set({ MAX_RETRIES: '7' });
    const changed = nextChange(settings);
    writeFileSync(`${envFile}.tmp`, 'MAX_FAILURES=6\nLOG_LEVEL=debug\n');
    renameSync(`${envFile}.tmp`, envFile);
    expect((await changed).sort()).toStrictEqual(['LOG_LEVEL', 'MAX_FAILURES']);
    expect(settings.current).toMatchObject({ MAX_FAILURES: 6, MAX_RETRIES: 7, LOG_LEVEL: 'DEBUG' });
  });

  it('reports a wrong edit and keeps the old value', async () => {
    let report: (problem: SettingProblem) => void = () => undefined;
    const reported = new Promise<SettingProblem>((resolve) => (report = resolve));
    writeFileSync(envFile, 'MAX_FAILURES=5\n');
    const settings = await open(setup({ watch: true, onProblem: report }).options);
    writeFileSync(envFile, 'MAX_FAILURES=many\n');
    expect((await reported).message).toContain('"many"');
    expect(settings.current.MAX_FAILURES).toBe(5);
  });

  it('reports a file that can no longer be read', async () => {
    let report: (problem: SettingProblem) => void = () => undefined;
    const reported = new Promise<SettingProblem>((resolve) => (report = resolve));
    writeFileSync(envFile, 'MAX_FAILURES=5\n');
    const settings = await open(setup({ watch: true, onProblem: report }).options);
    unlinkSync(envFile);
    mkdirSync(envFile);
    expect((await reported).name).toBe('ENV_FILE');
    expect(settings.current.MAX_FAILURES).toBe(5);
  });
});

describe('refresh', () => {
  it('takes over what somebody else has stored, tells whoever listens, and lets go of what is gone', async () => {
    const { options, store } = setup();
    const settings = await open(options);
    await settings.set({ MAX_RETRIES: '7', MAX_FAILURES: '9' });
    const retries = store.rows.get('MAX_RETRIES')!;
    store.rows.set('MAX_RETRIES', { ...retries, value: '8' });
    store.rows.delete('MAX_FAILURES');
    const change = nextChange(settings);
    await settings.refresh();
    expect((await change).sort()).toEqual(['MAX_FAILURES', 'MAX_RETRIES']);
    expect(settings.current).toMatchObject({ MAX_RETRIES: 8, MAX_FAILURES: 3 });
  });

  it('changes nothing when nobody has changed anything', async () => {
    const { options } = setup({ environment: { MAX_RETRIES: '7' } });
    const settings = await open(options);
    const listener = vi.fn();
    settings.subscribe(listener);
    await settings.refresh();
    expect(listener).not.toHaveBeenCalled();
    expect(settings.current.MAX_RETRIES).toBe(7);
  });

  it('saves first what could not be saved yet', async () => {
    const { options, store } = setup();
    const settings = await open(options);
    store.saveMany.mockRejectedValueOnce(new Error('away'));
    await settings.set({ MAX_RETRIES: '7' });
    await settings.refresh();
    expect(settings.current.MAX_RETRIES).toBe(7);
    expect(store.rows.get('MAX_RETRIES')?.value).toBe('7');
  });
});
