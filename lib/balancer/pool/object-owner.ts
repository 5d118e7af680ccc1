/** An object that lives at the provider, and the key that has made it or was shown it. */
export interface ObjectOwner {
  readonly objectId: string;
  readonly keyId: string;
}

/** Why nobody can serve what depends on a key. */
export interface OwnerTrouble extends ObjectOwner {
  /** Undefined if the key is gone. */
  readonly hint: string | undefined;
  /** Why it is disabled; undefined if it is gone, or nobody has said why. */
  readonly why?: string | undefined;
  /** Nothing may be asked of its provider. */
  readonly isProviderDisabled?: boolean | undefined;
}
