/** A value of a text: a number or a name, or a text of the program's own within it. */
export type SaidParam = string | number | Said;

/**
 * What a text of the program's own says: a stable code, and its values by name. Beside every text `x` of an answer or a
 * live event stands `xSaid`: null for words that are not our own, such as a provider's; they are quoted as they are.
 */
export interface Said {
  readonly code: string;
  readonly params: Readonly<Record<string, SaidParam>>;
}

/** Of the body of an error: what its message and the texts of its fields say. */
export interface SaidError {
  readonly message: Said | null;
  readonly fields?: Readonly<Record<string, Said | null>>;
}
