import type { LiveHub } from '../../admin/live/hub';
import type { BalancerEvents } from '../../balancer/events';
import type { KeyState } from '../../balancer/pool/key-state';
import type { EgressWriter } from '../../store/write-behind/checkpoint-egress';
import type { StateWriter } from '../../store/write-behind/checkpoint-state';
import type { Logger } from '../../process/logger';

/** Every change is written behind and sent to open pages; those that an admin wants to know of are logged. */
export function balancerEvents(parts: {
  readonly logger: Logger;
  readonly stateWriter: StateWriter;
  readonly egressWriter: EgressWriter;
  readonly live: LiveHub;
  /** A request may outlive the key it used, and the same secret may belong to another key by then. */
  readonly isInUse: (provider: string, key: KeyState) => boolean;
  /** Has the key probed. */
  readonly onProbeWanted: (keyId: string) => void;
}): BalancerEvents {
  const { logger, stateWriter, egressWriter, live, isInUse, onProbeWanted } = parts;
  return {
    keyChanged(provider, key, change) {
      if (!isInUse(provider, key)) return;
      stateWriter.note(key, change);
      live.keyChanged(key.config.keyId);
      if (change === 'recovered') logger.info({ provider, key: key.config.hint }, 'key recovered');
      // What a person does is in the audit list, and may be 50,000 keys at once.
      if (change !== 'disabled' || key.disabled?.by === 'manual') return;
      logger.warn({ provider, key: key.config.hint, reason: key.disabled?.reason }, 'key disabled');
    },
    probeWanted(provider, key) {
      if (isInUse(provider, key)) onProbeWanted(key.config.keyId);
    },
    breakerChanged(provider, { state, reason }) {
      live.breakerChanged();
      logger.warn({ provider, state, reason }, 'breaker changed');
    },
    sharedCause(provider, reason, keys, egress) {
      const proxy = egress && { proxy: egress.config.hint };
      logger.warn(
        { provider, ...proxy, reason, keys: keys.length },
        `not the keys but the ${egress === undefined ? 'provider' : 'proxy'}: their penalties were taken back`,
      );
    },
    egressChanged(egress, change) {
      egressWriter.note(egress, change);
      live.egressChanged(egress.config.egressId);
    },
    egressBreakerChanged(egress, { state, reason }) {
      live.egressChanged(egress.config.egressId);
      logger.warn({ proxy: egress.config.hint, state, reason }, 'breaker of a proxy changed');
    },
  };
}
