import type { Duplex } from 'node:stream';

/** The far end that a proxy is asked to connect to. */
export interface TunnelEnd {
  readonly host: string;
  readonly port: number;
}

/** Makes connections through one egress proxy. */
export interface Tunnel {
  /** A raw connection to the far end. Rejects with an EgressError that says which side of the proxy failed. */
  open(end: TunnelEnd): Promise<Duplex>;
  close(): Promise<void>;
}
