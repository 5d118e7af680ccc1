import { distance } from 'fastest-levenshtein';
import { PRESET_NAMES, type PresetName } from '../presets';

const AZURE_ADDRESS = 'https://my-resource.openai.azure.com/openai/v1';

/** What to say where an address has to be given and is not. */
export const missingAddress = (name: PresetName): string =>
  `is missing: the preset '${name}' needs the address of your own resource, such as ${AZURE_ADDRESS}`;

/** Undefined for a name that no preset has. Names have no case. */
export function presetNamed(name: string): PresetName | undefined {
  const lower = name.trim().toLowerCase();
  return PRESET_NAMES.find((one) => one === lower);
}

/** The preset that was probably meant; all of them where none is near. */
export function unknownPreset(name: string): string {
  const lower = name.trim().toLowerCase().slice(0, 40);
  const near = PRESET_NAMES.map((one) => ({ one, edits: distance(lower, one) }));
  const [nearest] = near.sort((a, b) => a.edits - b.edits);
  return nearest !== undefined && nearest.edits <= Math.max(2, Math.floor(lower.length / 3))
    ? `is no preset; did you mean '${nearest.one}'?`
    : `is no preset; there are ${PRESET_NAMES.join(', ')}`;
}
