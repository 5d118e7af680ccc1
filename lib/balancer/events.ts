import type { BreakerSnapshot } from './health/breaker';
import type { EgressState } from './egress/state';
import type { KeyState } from './pool/key-state';

export type KeyChange =
  | 'rested'
  | 'penalised'
  | 'disabled'
  | 'recovered'
  | 'forgiven'
  | 'reset'
  | 'enabled'
  /** By a person at another instance: it is written down already. */
  | 'learnt'
  /** Another instance found it out: it is written down already. */
  | 'adopted'
  /** Only the counters moved. */
  | 'used';

export type EgressChange =
  /** By traffic: counters, the last error. */
  | 'used'
  /** By an active check, which may have taken it out of use or brought it back. */
  | 'checked'
  /** By a person. */
  | 'switched'
  /** By a person at another instance: it is written down already. */
  | 'learnt'
  /** Another instance found it out: it is written down already. */
  | 'adopted';

/** What the pool tells the world. Called synchronously on the request path, so listeners only take notes. */
export interface BalancerEvents {
  keyChanged(provider: string, key: KeyState, change: KeyChange): void;
  /**
   * The key has been rejected too often in ways that may not be its own: only a probe can tell whether it has to be
   * disabled.
   */
  probeWanted(provider: string, key: KeyState): void;
  breakerChanged(provider: string, breaker: BreakerSnapshot): void;
  /**
   * Several keys failed alike, so it is not the keys: the breaker of the proxy that all of them went through, else that
   * of the provider, opened, and they got their penalties back.
   */
  sharedCause(
    provider: string,
    reason: string,
    keys: readonly KeyState[],
    egress: EgressState | undefined,
  ): void;
  egressChanged(egress: EgressState, change: EgressChange): void;
  egressBreakerChanged(egress: EgressState, breaker: BreakerSnapshot): void;
}

export const SILENT: BalancerEvents = {
  keyChanged: () => undefined,
  probeWanted: () => undefined,
  breakerChanged: () => undefined,
  sharedCause: () => undefined,
  egressChanged: () => undefined,
  egressBreakerChanged: () => undefined,
};
