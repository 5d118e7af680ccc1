import { PRESETS, PRESET_NAMES, type Preset, type PresetName } from '@/lib/config/presets';

export interface KnownProvider {
  readonly name: string;
  readonly baseUrl: string;
  /** How it takes its key. */
  readonly auth: string;
}

/** Those that most people begin with. */
const FIRST: readonly PresetName[] = [
  'openai',
  'anthropic',
  'openrouter',
  'groq',
  'deepseek',
  'gemini',
  'mistral',
  'together',
  'fireworks',
  'xai',
  'siliconflow',
  'moonshot',
  'zhipu',
  'dashscope',
  'ollama',
];

/** Addresses that people would otherwise look up. */
export const knownProviders: readonly KnownProvider[] = FIRST.flatMap((name) => {
  const { name: shown, baseUrl, auth }: Preset = PRESETS[name];
  return baseUrl === undefined ? [] : [{ name: shown, baseUrl, auth }];
});

/** How the provider at this address takes its key, as far as that is known. */
export function authAt(baseUrl: string): string {
  return (
    PRESET_NAMES.map((name): Preset => PRESETS[name]).find((one) => one.baseUrl === baseUrl)?.auth ?? 'bearer'
  );
}
