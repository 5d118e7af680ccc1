import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Outside, reconcile, type SettingRecord } from '../../../lib/config/reconcile';
import { isStartOnlyName, settingNames } from '../../../lib/config/settings';

/** Applies one step after the other, as restarts and reloads do, and keeps the records in between. */
function world(initial: readonly SettingRecord[] = []) {
  const records = new Map(initial.map((record) => [record.name, record]));
  return {
    see(outside: Outside) {
      const result = reconcile([...records.values()], outside);
      for (const record of result.records) records.set(record.name, record);
      return result;
    },
    dashboardSets(value: string | null) {
      const record = records.get('MAX_FAILURES') ?? {
        name: 'MAX_FAILURES' as const,
        appliedEnvironment: null,
        appliedFile: null,
      };
      records.set('MAX_FAILURES', { ...record, value, source: 'dashboard' });
    },
    get value() {
      return records.get('MAX_FAILURES')?.value ?? null;
    },
    get source() {
      return records.get('MAX_FAILURES')?.source ?? null;
    },
  };
}

const at = (text: string) => ({ MAX_FAILURES: text });

describe('reconcile', () => {
  it('applies what the environment and the file say at first', () => {
    const { records, problems } = reconcile([], { environment: at('5'), file: { MAX_RETRIES: '1' } });
    expect(problems).toStrictEqual([]);
    expect(records).toMatchObject([
      { name: 'MAX_FAILURES', value: '5', source: 'environment', appliedFile: null },
      { name: 'MAX_RETRIES', value: '1', source: 'file', appliedEnvironment: null },
    ]);
  });

  it('stores the canonical text', () => {
    const { records } = reconcile([], { file: { API_KEYS: 'b, a,b' } });
    expect(records[0]?.value).toBe('["b","a"]');
  });

  it('changes nothing when nothing changed outside', () => {
    const outside = { environment: at('5'), file: at('6') };
    const { records } = reconcile([], outside);
    expect(reconcile(records, outside)).toStrictEqual({ records: [], problems: [] });
  });

  it('lets the environment win where both are new', () => {
    const one = world();
    one.see({ environment: at('5'), file: at('6') });
    expect([one.value, one.source]).toStrictEqual(['5', 'environment']);
  });

  it('lets the file win when only the file changed', () => {
    const one = world();
    one.see({ environment: at('5'), file: at('6') });
    one.see({ environment: at('5'), file: at('7') });
    expect([one.value, one.source]).toStrictEqual(['7', 'file']);
  });

  it('keeps what the dashboard set through restarts with the same environment and file', () => {
    const one = world();
    one.see({ environment: at('5'), file: at('6') });
    one.dashboardSets('9');
    one.see({ environment: at('5'), file: at('6') });
    expect([one.value, one.source]).toStrictEqual(['9', 'dashboard']);
  });

  it('keeps the default that the dashboard chose over the file', () => {
    const one = world();
    one.see({ file: at('6') });
    one.dashboardSets(null);
    one.see({ file: at('6') });
    expect([one.value, one.source]).toStrictEqual([null, 'dashboard']);
  });

  it.each(['environment', 'file'] as const)('lets a later change in the %s beat the dashboard', (writer) => {
    const one = world();
    one.see({ [writer]: at('5') });
    one.dashboardSets('9');
    one.see({ [writer]: at('6') });
    expect([one.value, one.source]).toStrictEqual(['6', writer]);
  });

  it('keeps what the dashboard set when the text outside vanishes', () => {
    const one = world();
    one.see({ file: at('5') });
    one.dashboardSets('9');
    one.see({ file: {} });
    expect([one.value, one.source]).toStrictEqual(['9', 'dashboard']);
  });

  it('applies a text again that vanished and came back', () => {
    const one = world();
    one.see({ file: at('5') });
    one.see({ file: {} });
    one.see({ file: at('5') });
    expect([one.value, one.source]).toStrictEqual(['5', 'file']);
  });

  it.each(['environment', 'file'] as const)(
    'keeps what the dashboard set when the text in the %s vanishes and comes back, and lets another text win',
    (writer) => {
      const one = world();
      one.see({ [writer]: at('5') });
      one.dashboardSets('9');
      one.see({ [writer]: {} });
      one.see({ [writer]: at('5') });
      expect([one.value, one.source]).toStrictEqual(['9', 'dashboard']);
      one.see({ [writer]: {} });
      one.see({ [writer]: at('6') });
      expect([one.value, one.source]).toStrictEqual(['6', writer]);
    },
  );

  it.each([{}, at(''), at('""')])('goes back to the default when the text in force vanishes (%j)', (file) => {
    const one = world();
    one.see({ file: at('5') });
    one.see({ file });
    expect([one.value, one.source]).toStrictEqual([null, null]);
  });

  it('goes back to the other writer when the text in force vanishes', () => {
    const one = world();
    one.see({ environment: at('5'), file: at('6') });
    one.see({ environment: {}, file: at('6') });
    expect([one.value, one.source]).toStrictEqual(['6', 'file']);
    one.see({ environment: at('5'), file: at('6') });
    one.see({ environment: at('5'), file: at('7') });
    one.see({ environment: at('5'), file: {} });
    expect([one.value, one.source]).toStrictEqual(['5', 'environment']);
  });

  it('does not let an empty variable hide the file', () => {
    const one = world();
    one.see({ environment: at(''), file: at('6') });
    expect([one.value, one.source]).toStrictEqual(['6', 'file']);
  });

  it('leaves a writer alone that is not given', () => {
    const one = world();
    one.see({ environment: at('5'), file: at('6') });
    expect(one.see({}).records).toStrictEqual([]);
    expect(one.see({ environment: at('5') }).records).toStrictEqual([]);
    expect(one.see({ file: at('6') }).records).toStrictEqual([]);
  });

  it('keeps the old value for a wrong text, and reports it each time until it is corrected', () => {
    const one = world();
    one.see({ file: at('5') });
    for (let time = 0; time < 2; time += 1) {
      const { records, problems } = one.see({ file: at('many') });
      expect(records).toStrictEqual([]);
      expect(problems).toMatchObject([{ name: 'MAX_FAILURES', source: 'file' }]);
    }
    expect([one.value, one.source]).toStrictEqual(['5', 'file']);
    expect(one.see({ file: at('6') }).problems).toStrictEqual([]);
    expect(one.value).toBe('6');
  });

  it('applies the good text of one writer when that of the other is wrong', () => {
    const one = world();
    const { problems } = one.see({ environment: at('many'), file: at('6') });
    expect(problems).toMatchObject([{ source: 'environment' }]);
    expect([one.value, one.source]).toStrictEqual(['6', 'file']);
  });

  it('never touches start-only settings or unknown names', () => {
    const environment = {
      ...Object.fromEntries(settingNames.filter(isStartOnlyName).map((name) => [name, 'x'])),
      FOO: '1',
    };
    expect(reconcile([], { environment, file: environment })).toStrictEqual({ records: [], problems: [] });
  });

  it('always ends with the value of the last good write', () => {
    const step = fc.record({
      by: fc.constantFrom('environment' as const, 'file' as const, 'dashboard' as const),
      text: fc.constantFrom('1', '2', '3', '4'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const one = world();
        const outside: Record<'environment' | 'file', Record<string, string>> = { environment: {}, file: {} };
        let expected: string | null = null;
        for (const { by, text } of steps) {
          if (by === 'dashboard') {
            one.dashboardSets(text);
            expected = text;
          } else {
            if (outside[by]['MAX_FAILURES'] !== text) expected = text;
            outside[by] = at(text);
            one.see(outside);
          }
          expect(one.value).toBe(expected);
        }
      }),
    );
  });
});
