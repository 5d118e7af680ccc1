import type { Role } from '../../auth/role';
import { defaultSettings, settingDefinitions, type SettingName, type Settings } from '../../config/settings';
import type { SettingInput } from '../../config/value-type';
import { egressHint } from '../../config/values/egress-url';
import { keyHint } from '../../balancer/attribution/key-hint';
import type { SettingItem } from '../contract/settings';
import { SECRET_MASK } from '../contract/values';
import type { AdminContext } from '../context';
import { maskHeaders } from '../secret-headers';

/** What may be shown of a setting. */
export function settingItem(
  { settings, caller }: Pick<AdminContext, 'settings' | 'caller'>,
  name: SettingName,
): SettingItem {
  const definition = settingDefinitions[name];
  const { input, isSecret } = definition;
  const value = settings.current[name];
  const isSet = !isEmpty(value);
  return {
    name,
    group: definition.group,
    description: definition.description,
    unit: definition.unit ?? null,
    ...inputOf(input),
    value: isSecret ? openPartOf(name, settings.current, caller.role) : (value as SettingItem['value']),
    default: isSecret ? null : (defaultSettings[name] as SettingItem['default']),
    defaultNote: definition.defaultNote ?? null,
    example: definition.example ?? null,
    source: settings.records.get(name)?.source ?? sourceAtStart(name, value),
    isSecret,
    isSet,
    hints: isSecret && isSet ? hintsOf(name, settings.current) : [],
    isStartOnly: definition.isStartOnly,
    problem: settings.problems.find((problem) => problem.name === name)?.message ?? null,
  };
}

function inputOf(input: SettingInput): Pick<SettingItem, 'type' | 'min' | 'max' | 'isWhole' | 'choices'> {
  const plain = { type: input.kind, min: null, max: null, isWhole: false, choices: null };
  if (input.kind === 'choice') return { ...plain, choices: [...input.choices] };
  if (input.kind !== 'number') return plain;
  return { ...plain, min: input.min, max: input.max, isWhole: input.isWhole };
}

/** The names of headers are no secret. */
function openPartOf(name: SettingName, settings: Settings, role: Role): SettingItem['value'] {
  return name === 'CUSTOM_HEADERS' ? maskHeaders(settings.CUSTOM_HEADERS, role) : null;
}

function hintsOf(name: SettingName, settings: Settings): string[] {
  switch (name) {
    case 'PROXIES':
      return settings.PROXIES.map(egressHint);
    case 'PROVIDERS_CONFIG':
      return settings.PROVIDERS_CONFIG.map(
        ({ path, api_keys: keys }) => `${path} (${keys.length} ${keys.length === 1 ? 'key' : 'keys'})`,
      );
    case 'ALERT_RECEIVERS':
      return settings.ALERT_RECEIVERS.map(({ name, kind }) => `${name} (${kind})`);
    case 'CUSTOM_HEADERS':
      return Object.keys(settings.CUSTOM_HEADERS);
    case 'ALLOWED_TOKENS':
    case 'API_KEYS':
      return settings[name].slice(0, HINTS_MAX).map(keyHint);
    case 'AUTH_TOKEN':
    case 'MODEL_REQUEST_KEY':
      return [keyHint(settings[name])];
    default:
      return [SECRET_MASK];
  }
}

const HINTS_MAX = 100;

function isEmpty(value: unknown): boolean {
  if (value === '' || value === null || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Where a setting comes from that is read at start only: no record is kept of it. */
function sourceAtStart(name: SettingName, value: unknown): SettingItem['source'] {
  const { isStartOnly } = settingDefinitions[name];
  return isStartOnly && !isEmpty(value) && !isDefault(name, value) ? 'environment' : 'default';
}

function isDefault(name: SettingName, value: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(defaultSettings[name]);
}
