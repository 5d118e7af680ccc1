import { presetAddress, PRESETS } from '../../config/presets';
import { missingAddress, presetNamed, unknownPreset } from '../../config/values/preset';
import { wrongField } from '../error';

interface Given {
  readonly baseUrl?: string | undefined;
  readonly auth?: string | undefined;
  readonly testModel: string | null;
}

/** What is given, and what the preset has for the rest. Throws `invalid_input` for an unknown preset and no address. */
export function fromPreset(
  word: string | undefined,
  { baseUrl, auth, testModel }: Given,
): {
  readonly baseUrl: string;
  readonly auth: string;
  readonly testModel: string | null;
} {
  if (word === undefined) {
    if (baseUrl === undefined) throw wrongField('baseUrl', 'is missing');
    return { baseUrl, auth: auth ?? 'bearer', testModel };
  }
  const name = presetNamed(word);
  if (name === undefined) throw wrongField('preset', unknownPreset(word));
  const preset = PRESETS[name];
  const address = baseUrl === undefined ? preset.baseUrl : presetAddress(name, baseUrl);
  if (address === undefined) throw wrongField('baseUrl', missingAddress(name));
  return {
    baseUrl: address,
    auth: auth ?? preset.auth,
    testModel: testModel ?? preset.testModel ?? null,
  };
}
