import type { KeyState } from '../pool/key-state';
import { clearFailures } from '../attribution/penalty';

/** What an active test has proven about a key. */
export type ProbeProof =
  | { readonly isAlive: true }
  | {
      readonly isAlive: false;
      readonly status: number;
      readonly reason: string;
      /** A key in the rotation is taken out. */
      readonly mayDisable: boolean;
    };

/**
 * `recovered`: back in the rotation. `cleared`: its failures are forgotten. `disabled`: out of the rotation.
 * `still_disabled`: stays out, with the newest reason.
 */
export type ProbeEffect = 'recovered' | 'cleared' | 'disabled' | 'still_disabled' | 'none';

/** Changes the key by the proof. What a person has disabled stays as it is, whatever is proven. */
export function applyProof(key: KeyState, proof: ProbeProof, now: number): ProbeEffect {
  if (key.disabled?.by === 'manual') return 'none';
  const wasDisabled = key.disabled !== undefined;
  if (proof.isAlive) {
    // A key in the rotation keeps its rest: the probe may have asked for less than what it rests for.
    if (wasDisabled) {
      key.cooldown.until = 0;
      // What was wrong has been put right since, which must not be held against the proxy it was told through.
      key.rejection = undefined;
    }
    if (!clearFailures(key, '')) return 'none';
    return wasDisabled ? 'recovered' : 'cleared';
  }
  if (!wasDisabled && !proof.mayDisable) return 'none';
  key.disabled = { by: 'auto', reason: proof.reason };
  key.lastErrorAt = now;
  key.lastErrorStatus = proof.status;
  if (wasDisabled) return 'still_disabled';
  key.failures += 1;
  return 'disabled';
}
