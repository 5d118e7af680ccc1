/** The person or script that the audit list names. */
export type Asker =
  | { readonly by: 'session' | 'bearer'; readonly address: string }
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
  return asker.by === 'command' ? `command ${asker.user}` : `${asker.by} ${asker.address}`;
}
