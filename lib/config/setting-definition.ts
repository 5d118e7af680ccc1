import type { z } from 'zod';
import type { SettingInput, ValueType } from './value-type';

/** Groups of the settings form and of the documents, in their order. */
export const settingGroups = [
  'Server',
  'Database',
  'Access',
  'Default provider',
  'Providers',
  'Balancing',
  'Timeouts',
  'Proxies',
  'Probing',
  'Logs',
  'Tracing',
  'Alerts',
  'Dashboard',
] as const;

export type SettingGroup = (typeof settingGroups)[number];

/** Everything that is known about one setting. */
export interface SettingDefinition<T = unknown> {
  /** Decodes raw text that is not empty, and encodes a value as its canonical text. */
  readonly schema: z.ZodType<T, string>;
  readonly input: SettingInput;
  readonly default: T;
  /** For people, where the default is made elsewhere or depends on the machine. */
  readonly defaultNote?: string;
  readonly group: SettingGroup;
  /** One line without a full stop. */
  readonly description: string;
  readonly unit?: string;
  /** A value to copy from, in raw text. */
  readonly example?: string;
  /** Never shown in messages and logs, masked in the dashboard; its stored text has to be encrypted. */
  readonly isSecret: boolean;
  /** Read from the environment and the file at start, before the database opens; never stored. */
  readonly isStartOnly: boolean;
}

interface Options<T> {
  readonly type: ValueType<T>;
  readonly default: NoInfer<T>;
  readonly defaultNote?: string;
  readonly group: SettingGroup;
  readonly description: string;
  readonly unit?: string;
  readonly example?: string;
  readonly isSecret?: boolean;
}

/** A setting that can change while the program runs. */
export function live<T>(options: Options<T>) {
  return define(options, false);
}

/** A setting that is read at start only. */
export function startOnly<T>(options: Options<T>) {
  return define(options, true);
}

function define<T, const S extends boolean>(options: Options<T>, isStartOnly: S) {
  const { type, isSecret = false, ...rest } = options;
  return { ...rest, schema: type.schema, input: type.input, isSecret, isStartOnly };
}
