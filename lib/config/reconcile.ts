import { createHash } from 'node:crypto';
import {
  isStartOnlyName,
  isUnset,
  parseSetting,
  type SettingName,
  serializeSetting,
  settingNames,
} from './settings';

/** The sources of settings outside of the program. */
export type OutsideWriter = 'environment' | 'file';

export type SettingSource = OutsideWriter | 'dashboard';

/** What is stored for one setting. */
export interface SettingRecord {
  readonly name: SettingName;
  /** Canonical text; null is the default. May be a secret: encrypt it where the definition says isSecret. */
  readonly value: string | null;
  /** Where the value comes from; null for the default. */
  readonly source: SettingSource | null;
  /** Fingerprint of the text last applied from the process environment; null if it was absent there. */
  readonly appliedEnvironment: string | null;
  /** Fingerprint of the text last applied from the file; null if it was absent there. */
  readonly appliedFile: string | null;
}

/** A value that was refused. */
export interface SettingProblem {
  /** A setting, or an unknown name. */
  readonly name: string;
  readonly source: SettingSource;
  /** One line for people, without secrets. */
  readonly message: string;
}

/** Raw text by name. A writer that is not given is left untouched. */
export interface Outside {
  readonly environment?: Readonly<Record<string, string>>;
  readonly file?: Readonly<Record<string, string>>;
}

export interface Reconciled {
  /** The records that changed. */
  readonly records: SettingRecord[];
  /** The texts that are wrong out there now. */
  readonly problems: SettingProblem[];
}

// The environment comes last and so wins where both changed at once.
const writers = ['file', 'environment'] as const;
const appliedField = { environment: 'appliedEnvironment', file: 'appliedFile' } as const;
const other = { environment: 'file', file: 'environment' } as const;

/**
 * Last writer wins, for each setting: a text that differs from the one last applied from its writer is applied, and
 * everything else stays, so that what the dashboard set is kept. A wrong text changes nothing and is a problem each
 * time, until it is corrected. A text that vanishes takes its value with it, if that is still the one in force: the
 * other writer's takes its place, else the default. While the dashboard's value is in force a text that vanishes and
 * comes back unchanged says nothing new. An empty text counts as absent. Start-only settings are left out.
 */
export function reconcile(records: readonly SettingRecord[], outside: Outside): Reconciled {
  const byName = new Map(records.map((record) => [record.name, record]));
  const changed: SettingRecord[] = [];
  const problems: SettingProblem[] = [];
  for (const name of settingNames) {
    if (isStartOnlyName(name)) continue;
    const before = byName.get(name) ?? emptyRecord(name);
    let after = before;
    for (const writer of writers) {
      if (outside[writer] === undefined) continue;
      const step = apply(after, writer, outside);
      if (step.problem !== undefined) problems.push(step.problem);
      after = step.record;
    }
    if (after !== before) changed.push(after);
  }
  return { records: changed, problems };
}

interface Step {
  readonly record: SettingRecord;
  readonly problem?: SettingProblem;
}

function apply(record: SettingRecord, writer: OutsideWriter, outside: Outside): Step {
  const { name } = record;
  const field = appliedField[writer];
  const raw = textOf(name, outside[writer]);
  if (raw === undefined) {
    const isForgotten = record[field] === null || record.source === 'dashboard';
    return { record: isForgotten ? record : withdraw(record, writer, outside) };
  }
  const fingerprint = fingerprintOf(name, raw);
  if (fingerprint === record[field]) return { record };
  const parsed = canonicalText(name, raw);
  if (!parsed.ok) return { record, problem: { name, source: writer, message: parsed.message } };
  return { record: { ...record, value: parsed.value, source: writer, [field]: fingerprint } };
}

function withdraw(record: SettingRecord, writer: OutsideWriter, outside: Outside): SettingRecord {
  const forgotten: SettingRecord = { ...record, [appliedField[writer]]: null };
  if (record.source !== writer) return forgotten;
  const heir = other[writer];
  const raw = textOf(record.name, outside[heir]);
  const parsed = raw === undefined ? undefined : canonicalText(record.name, raw);
  if (parsed?.ok !== true) return { ...forgotten, value: null, source: null };
  return { ...forgotten, value: parsed.value, source: heir };
}

function textOf(name: SettingName, values: Readonly<Record<string, string>> | undefined): string | undefined {
  // A parsed file is a plain object: without hasOwn, names like "constructor" would be found in it.
  const raw = values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
  return raw === undefined || isUnset(raw) ? undefined : raw;
}

type CanonicalText =
  { readonly ok: true; readonly value: string | null } | { readonly ok: false; readonly message: string };

/** The text to store: canonical, or null for the default. */
export function canonicalText(name: SettingName, raw: string): CanonicalText {
  if (isUnset(raw)) return { ok: true, value: null };
  const parsed = parseSetting(name, raw);
  return parsed.ok ? { ok: true, value: serializeSetting(name, parsed.value) } : parsed;
}

/** The record of a setting at its default. */
export function emptyRecord(name: SettingName): SettingRecord {
  return { name, value: null, source: null, appliedEnvironment: null, appliedFile: null };
}

/** Tells whether a text is the one applied before, without keeping it; the name is the salt. */
function fingerprintOf(name: SettingName, raw: string): string {
  return createHash('sha256').update(`${name}\0${raw}`).digest('hex');
}
