/** The person or script that the audit list names. */
export type Asker =
  | { readonly by: 'session' | 'bearer'; readonly address: string }
  /** Signed in at the OpenID provider; `person`: a verified e-mail address, else `sub:` and the subject there. */
  | { readonly by: 'oidc'; readonly person: string; readonly address: string }
  /** A command at the terminal of the machine, by the system's name of its user. */
  | { readonly by: 'command'; readonly user: string };

/** What the audit list says of it. */
export interface AuditEntry {
  /** Such as `keys.import`. */
  readonly action: string;
  /** What it was done to: a name or a hint. */
  readonly target: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface Asked {
  readonly by: Asker;
  readonly entry: AuditEntry;
}

export function actorOf(asker: Asker): string {
  if (asker.by === 'command') return `command ${asker.user}`;
  return asker.by === 'oidc' ? `oidc ${asker.person} ${asker.address}` : `${asker.by} ${asker.address}`;
}
