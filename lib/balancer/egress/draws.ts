import { drawsOf, type EgressUser } from './binding';
import type { EgressState } from './state';

/** One for each proxy of a set, and not one for each user: there may be 50,000. */
interface Answer {
  readonly set: object;
  readonly egress: EgressState | undefined;
}

interface Chosen {
  readonly members: readonly EgressState[];
  readonly answers: Map<EgressState | undefined, Answer>;
}

/**
 * Which of a set of proxies draws each user most. It is remembered as long as the set is the same, because finding it
 * out costs a comparison with each.
 */
export class Draws {
  #set: Chosen = { members: [], answers: new Map() };
  readonly #known = new WeakMap<EgressUser, Answer>();

  /** Finds the one for a user; undefined where there is none. For use at once: another set replaces it. */
  among(members: readonly EgressState[]): (user: EgressUser) => EgressState | undefined {
    const isSame =
      members.length === this.#set.members.length &&
      members.every((egress, i) => egress === this.#set.members[i]);
    if (!isSame) this.#set = { members, answers: new Map() };
    const set = this.#set;
    return (user) => {
      const known = this.#known.get(user);
      if (known?.set === set) return known.egress;
      const egress = strongestOf(user, members);
      let answer = set.answers.get(egress);
      if (answer === undefined) set.answers.set(egress, (answer = { set, egress }));
      this.#known.set(user, answer);
      return egress;
    };
  }
}

function strongestOf({ keyId }: EgressUser, members: readonly EgressState[]): EgressState | undefined {
  if (members.length < 2) return members[0];
  const drawnBy = drawsOf(keyId);
  let best: EgressState | undefined;
  let most = -1;
  for (const egress of members) {
    const score = drawnBy(egress.config.egressId);
    if (score <= most) continue;
    most = score;
    best = egress;
  }
  return best;
}
