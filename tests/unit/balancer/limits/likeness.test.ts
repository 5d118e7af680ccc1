import { describe, expect, it } from 'vitest';
import { Likeness } from '../../../../lib/balancer/limits/likeness';
import { START_MS as NOW } from '../support';

const left = (remaining: number) => [{ of: 'requests' as const, limit: 100, remaining }];

/** Asks two models in turn; `remaining` says what is left after so many requests, of all and of the model. */
function alternate(
  likeness: Likeness,
  remaining: (requests: number, ofModel: number) => number,
  from = 1,
): void {
  for (let requests = from; requests < from + 12; requests += 1) {
    const model = requests % 2 === 0 ? 'one' : 'other';
    const ofModel = likeness.take(model);
    likeness.see(model, left(remaining(requests, ofModel)), { requests, ofModel });
  }
}

describe('models of an account', () => {
  it('are thought to have limits of their own', () => {
    expect(new Likeness().isShown).toBe(false);
  });

  it('share a limit if what one leaves is missing for the other', () => {
    const likeness = new Likeness();
    alternate(likeness, (requests) => 100 - requests);
    expect(likeness.isShown).toBe(true);
  });

  it('have each its own if it is not', () => {
    const likeness = new Likeness();
    alternate(likeness, (requests) => 100 - requests);
    alternate(likeness, (_requests, ofModel) => 100 - ofModel, 13);
    expect(likeness.isShown).toBe(false);
  });

  it('share a limit if a refusal of one holds for the other', () => {
    const likeness = new Likeness();
    for (const [index, model] of ['one', 'other', 'one'].entries())
      likeness.refused({ model, takenAt: NOW, isTest: false }, NOW + index * 1_000);
    expect(likeness.isShown).toBe(true);
    for (let i = 0; i < 8; i += 1) likeness.accepted({ model: 'other', takenAt: NOW + 2_500, isTest: false });
    expect(likeness.isShown).toBe(false);
  });

  it('share a limit if one is refused where both together have nothing left', () => {
    const likeness = new Likeness();
    likeness.refused({ model: 'one', takenAt: NOW, isTest: true }, NOW);
    expect(likeness.isShown).toBe(true);
    likeness.accepted({ model: 'one', takenAt: NOW, isTest: true });
    expect(likeness.isShown).toBe(false);
  });
});
