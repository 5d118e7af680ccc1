import type { Needs } from '../shared/use-me';
import type { KeyDraft } from './use-key-draft';

/** What changing a field of a key asks for: some need more of a role than others, whatever their value. */
export const neededFor = (name: keyof KeyDraft): Needs => ['keys.update', { [name]: '' }];
