import type { MovedReason, MovedRoute, MovedTarget } from './plan';
import type { Remarks } from './remarks';

const MODEL_MAX = 191;
const ROUTES_MAX = 1_000;
const TARGETS_MAX = 100;

/** The routes of a plan, as many as this gateway takes. */
export class RouteBook {
  readonly #targets = new Map<string, MovedTarget[]>();
  readonly #reasons = new Map<string, readonly MovedReason[]>();

  constructor(private readonly remarks: Remarks) {}

  /**
   * Several targets of one name make one route. The same provider and model again is one target: of the lower tier,
   * with the weight of all of that tier. A new `name` with a `*` is left out, with a remark, unless that is any text
   * there as it is here.
   */
  add(name: string, target: MovedTarget, kind: 'name' | 'pattern' = 'name'): void {
    const model = name.trim();
    if (model === '') return;
    if ([model, target.model ?? ''].some(({ length }) => length > MODEL_MAX)) {
      this.remarks.add('route left out: its name or a name in it is none for a model', model);
      return;
    }
    if (kind === 'name' && model.includes('*') && !this.#targets.has(model)) {
      this.remarks.add('route left out: * is any text here, and was not there', model);
      return;
    }
    this.#addTarget(model, target);
  }

  #addTarget(model: string, target: MovedTarget): void {
    const targets = this.#targets.get(model) ?? [];
    const same = targets.findIndex((one) => one.provider === target.provider && one.model === target.model);
    const known = targets[same];
    if (known === undefined) this.#addOther(model, targets, target);
    else if (target.tier < known.tier) targets[same] = target;
    else if (target.tier === known.tier) targets[same] = { ...known, weight: known.weight + target.weight };
  }

  /** What leads from one target of a route to the next, beside that it is unavailable. */
  addReason(name: string, reason: MovedReason): void {
    this.#reasons.set(name, [...new Set([...(this.#reasons.get(name) ?? []), reason])]);
  }

  names(): string[] {
    return [...this.#targets.keys()];
  }

  targetsOf(name: string): readonly MovedTarget[] {
    return [...(this.#targets.get(name) ?? [])];
  }

  list(): MovedRoute[] {
    return [...this.#targets].map(([name, targets]) => ({
      name,
      targets: inOrder(targets),
      on: ['unavailable', ...(this.#reasons.get(name) ?? [])],
    }));
  }

  #addOther(model: string, targets: MovedTarget[], target: MovedTarget): void {
    if (targets.length === 0 && this.#targets.size >= ROUTES_MAX) {
      this.remarks.add(`route left out: there can be ${ROUTES_MAX}`, model);
    } else if (targets.length >= TARGETS_MAX) {
      this.remarks.add(`target of a route left out: there can be ${TARGETS_MAX}`, model);
    } else {
      targets.push(target);
      this.#targets.set(model, targets);
    }
  }
}

/** Tiers count from 1 without gaps. */
function inOrder(targets: readonly MovedTarget[]): MovedTarget[] {
  const tiers = [...new Set(targets.map(({ tier }) => tier))].sort((a, b) => a - b);
  return targets
    .map((target) => ({ ...target, tier: tiers.indexOf(target.tier) + 1 }))
    .sort((a, b) => a.tier - b.tier);
}
