import type { Contender, Origins } from '../contenders';

export interface PeerOptions {
  /** For what it writes; empty. */
  readonly folder: string;
  readonly port: number;
  readonly origins: Origins;
  /** The only core that it may run on. Default: all. */
  readonly core?: string | undefined;
}

/** A gateway to measure ours beside. */
export interface Peer {
  /** As `--contenders` names it. */
  readonly name: string;
  /** How it is set up, in a few words. */
  readonly setUp: string;
  /** Rejects where it cannot be had here, with a line that says why. */
  start(options: PeerOptions): Promise<Contender>;
}

/** So many keys has each that balances keys. */
export const KEYS = 500;
/** What a gateway is asked with, and what it is set up with. */
export const PASSWORD = 'bench-password-0123456789';

/** Asks a peer's own API while it is set up. Returns what it answers, as JSON; throws unless that is a success. */
export async function ask<T>(
  url: string,
  options: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    /** Default: GET, or with a body POST. */
    readonly method?: string;
  } = {},
): Promise<T> {
  const response = await fetch(url, {
    headers: { 'content-type': 'application/json', ...options.headers },
    method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}
