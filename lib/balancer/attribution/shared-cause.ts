import type { EgressState } from '../egress/state';
import type { Disabled } from '../health/disabled';
import type { KeyState } from '../pool/key-state';

const WINDOW_MS = 30_000;
const KEYS_MIN = 3;
/** One request is one witness, however many keys it tries: it may be the request that is wrong. */
const WITNESSES_MIN = 3;
/** From twice this many active keys on, this many alike failures without a success are proof enough. */
const KEYS_ENOUGH = 10;
const TESTIMONIES_MAX = 32;

/** The way that a request went: through a proxy, or (undefined) directly. */
export type Way = EgressState | undefined;

/** The cause of failures that are alike: the proxy that all of them went through, else the provider. */
export type Culprit = 'provider' | EgressState;

/** What a penalty changes of a key. */
interface Standing {
  readonly failures: number;
  readonly until: number;
  readonly inARow: number;
  readonly disabled: Disabled | undefined;
}

interface Penalty {
  readonly signature: string;
  readonly way: Way;
  readonly at: number;
  /** How many successes had been seen by then. */
  readonly successes: number;
  readonly before: Standing;
}

/** A rejection that is about to be held against its key. */
export interface Rejection {
  readonly key: KeyState;
  /** What makes rejections alike. */
  readonly signature: string;
  readonly way: Way;
  /** Stands for the client request. */
  readonly witness: object;
}

/** That a request was told so, that way. */
interface Testimony {
  readonly signature: string;
  readonly way: Way;
  readonly witness: object;
  readonly at: number;
  readonly successes: number;
}

interface Suspicion {
  readonly signature: string;
  readonly culprit: Culprit;
  readonly standing: Standing;
  /** A key beyond suspicion has failed alike when the culprit was tested: the success of another proves nothing now. */
  isProven: boolean;
}

/**
 * Notices when several different keys fail alike, in at least 3 different requests, behind one provider or one egress
 * proxy with no success between: then it is not the keys. At least 3, and half of the active ones as long as those are
 * few; with many keys 10, so that a batch of dead keys in a healthy pool is not taken for an outage.
 *
 * The inference can be wrong (three dead keys side by side among six look the same), so the forgiven penalties are
 * kept as suspicions: a success that way of a key that is not under suspicion shows that it was the keys after all, and
 * puts the penalties back.
 */
export class SharedCause {
  readonly #penalties = new Map<KeyState, Penalty>();
  readonly #suspicions = new Map<KeyState, Suspicion>();
  /** The newest last, no more than are needed to count three witnesses each way. */
  #testimonies: Testimony[] = [];
  /** Penalties from before the last success, whichever way it came, prove nothing against the provider. */
  #successes = 0;

  /** Call before the key is penalised. */
  remember({ key, signature, way, witness }: Rejection, now: number): void {
    this.#testify({ signature, way, witness, at: now, successes: this.#successes });
    const known = this.#penalties.get(key);
    const isRepeated = known?.signature === signature && known.way === way && now - known.at <= WINDOW_MS;
    const before = isRepeated ? known.before : standingOf(key);
    this.#penalties.set(key, { signature, way, at: now, successes: this.#successes, before });
  }

  /**
   * Who is behind the failures with this signature, if enough different keys have had it. `active` is the number of
   * keys not disabled: all of them, or (`behindWay`) those that go this way.
   */
  culprit(
    signature: string,
    way: Way,
    active: { readonly all: number; readonly behindWay: () => number },
    now: number,
  ): Culprit | undefined {
    const { everywhere, thisWay } = this.#tally(signature, way, now);
    const isProvider = (): boolean =>
      this.#hasWitnesses(signature, ({ successes }) => successes === this.#successes) &&
      isEnough(everywhere, active.all);
    const hasOtherWays = everywhere.alike > thisWay.alike;
    if (hasOtherWays && isProvider()) return 'provider';
    if (thisWay.alike < KEYS_MIN) return undefined;
    if (way === undefined) return isProvider() ? 'provider' : undefined;
    const isThisWay = this.#hasWitnesses(signature, (testimony) => testimony.way === way);
    return isThisWay && isEnough(thisWay, active.behindWay()) ? way : undefined;
  }

  /**
   * How many keys have had such a penalty, on every way since the last success, and on this one. Old ones are
   * forgotten.
   */
  #tally(signature: string, way: Way, now: number): { readonly everywhere: Tally; readonly thisWay: Tally } {
    const everywhere = { alike: 0, justDisabled: 0 };
    const thisWay = { alike: 0, justDisabled: 0 };
    for (const [key, penalty] of this.#penalties) {
      if (now - penalty.at > WINDOW_MS) {
        this.#penalties.delete(key);
      } else if (penalty.signature === signature) {
        const isJustDisabled = key.disabled !== undefined && penalty.before.disabled === undefined;
        if (penalty.successes === this.#successes) count(everywhere, isJustDisabled);
        if (penalty.way === way) count(thisWay, isJustDisabled);
      }
    }
    return { everywhere, thisWay };
  }

  #testify(testimony: Testimony): void {
    const { signature, way, witness, at } = testimony;
    const isOther = (one: Testimony): boolean =>
      at - one.at <= WINDOW_MS &&
      !(one.signature === signature && one.way === way && one.witness === witness);
    this.#testimonies = [...this.#testimonies.filter(isOther).slice(1 - TESTIMONIES_MAX), testimony];
  }

  #hasWitnesses(signature: string, counts: (testimony: Testimony) => boolean): boolean {
    const witnesses = new Set<object>();
    for (const testimony of this.#testimonies) {
      if (testimony.signature === signature && counts(testimony)) witnesses.add(testimony.witness);
    }
    return witnesses.size >= WITNESSES_MIN;
  }

  /** Gives the alike keys behind the culprit their failures, cooldowns and place in the rotation back; returns them. */
  giveBack(signature: string, culprit: Culprit): KeyState[] {
    const forgiven: KeyState[] = [];
    for (const [key, penalty] of this.#penalties) {
      if (penalty.signature !== signature) continue;
      const isItsDoing =
        culprit === 'provider' ? penalty.successes === this.#successes : penalty.way === culprit;
      if (!isItsDoing) continue;
      this.#penalties.delete(key);
      this.#suspicions.set(key, { signature, culprit, standing: standingOf(key), isProven: false });
      restore(key, penalty.before);
      forgiven.push(key);
    }
    return forgiven;
  }

  /**
   * Whether as many keys have failed alike, in however few requests, as it takes to suspect the provider. Those that
   * are under suspicion for it count too.
   */
  areAlike(signature: string, active: number, now: number): boolean {
    const { everywhere } = this.#tally(signature, undefined, now);
    for (const [key, suspicion] of this.#suspicions) {
      const isCounted = this.#penalties.get(key)?.signature === signature;
      if (suspicion.signature === signature && !isCounted) count(everywhere, false);
    }
    return isEnough(everywhere, active);
  }

  /** The provider has been tested, and failed alike: nothing that it does later is held against these suspects. */
  prove(signature: string): void {
    for (const suspicion of this.#suspicions.values()) {
      if (suspicion.signature === signature) suspicion.isProven = true;
    }
  }

  /** It was the keys after all: penalises the suspects again, and returns them. */
  convict(signature: string): KeyState[] {
    const guilty: KeyState[] = [];
    for (const [suspect, suspicion] of this.#suspicions) {
      if (suspicion.signature !== signature) continue;
      this.#suspicions.delete(suspect);
      penaliseAgain(suspect, suspicion.standing);
      guilty.push(suspect);
    }
    return guilty;
  }

  /** The key has suffered something that is surely its own; giving back the penalty from before would undo that too. */
  keepPenalty(key: KeyState): void {
    this.#penalties.delete(key);
  }

  isSuspect(key: KeyState): boolean {
    return this.#suspicions.has(key);
  }

  get hasSuspects(): boolean {
    return this.#suspicions.size > 0;
  }

  /**
   * A success ends the inference about its way and about the provider. If it came from a key beyond suspicion, the
   * suspects there are penalised again and returned; if a suspect itself succeeded, they stay forgiven.
   */
  success(key: KeyState, way: Way): KeyState[] {
    this.#successes += 1;
    for (const [penalised, penalty] of this.#penalties) {
      if (penalty.way === way) this.#penalties.delete(penalised);
    }
    if (this.#testimonies.length > 0) {
      this.#testimonies = this.#testimonies.filter((testimony) => testimony.way !== way);
    }
    if (this.#suspicions.size === 0) return [];
    const isBeyondSuspicion = !this.#suspicions.delete(key);
    const guilty: KeyState[] = [];
    for (const [suspect, { culprit, standing, isProven }] of this.#suspicions) {
      if (culprit !== 'provider' && culprit !== way) continue;
      this.#suspicions.delete(suspect);
      if (!isBeyondSuspicion || isProven) continue;
      penaliseAgain(suspect, standing);
      guilty.push(suspect);
    }
    return guilty;
  }

  /** The key is gone, or a person has decided about it. */
  forget(key: KeyState): void {
    this.#penalties.delete(key);
    this.#suspicions.delete(key);
  }
}

interface Tally {
  alike: number;
  justDisabled: number;
}

function count(tally: Tally, isJustDisabled: boolean): void {
  tally.alike += 1;
  if (isJustDisabled) tally.justDisabled += 1;
}

function isEnough({ alike, justDisabled }: Tally, active: number): boolean {
  const half = Math.ceil((active + justDisabled) / 2);
  return alike >= Math.max(KEYS_MIN, Math.min(half, KEYS_ENOUGH));
}

function standingOf({ failures, cooldown, disabled }: KeyState): Standing {
  return { failures, until: cooldown.until, inARow: cooldown.inARow, disabled };
}

function restore(key: KeyState, standing: Standing): void {
  key.failures = standing.failures;
  key.cooldown.until = standing.until;
  key.cooldown.inARow = standing.inARow;
  key.disabled = standing.disabled;
}

/** Puts a forgiven penalty back without losing what has happened to the key since. */
function penaliseAgain(key: KeyState, standing: Standing): void {
  key.failures = Math.max(key.failures, standing.failures);
  key.cooldown.until = Math.max(key.cooldown.until, standing.until);
  key.cooldown.inARow = Math.max(key.cooldown.inARow, standing.inARow);
  key.disabled ??= standing.disabled;
}
