import { describe, expect, it } from 'vitest';
import type { AlertState } from '../../../lib/alerts/alert-state';
import { ALL_PROXIES, PROXY, type Incident } from '../../../lib/alerts/incident';
import { Tracker, type Moment } from '../../../lib/alerts/tracker';
import { ALERT_RULES } from '../../../lib/config/alert-rules';

const down: Incident = {
  key: 'provider_down:groq',
  rule: 'provider_down',
  severity: 'high',
  since: 5,
  level: 1,
  isCovered: false,
  item: { kind: 'keys_low', providerName: 'Groq', available: 0, of: 1 },
};
const proxy = (id: string): Incident => ({ ...down, key: PROXY + id, rule: 'proxy_down' });
const allProxies: Incident = { ...down, key: ALL_PROXIES, rule: 'proxy_down' };

/** A receiver that is reached at once, unless `isSlow`. */
function follower(state: AlertState = { open: [] }, graceMs = 0) {
  const tracker = new Tracker(state, 0, graceMs);
  const step = (
    now: number,
    incidents: readonly Incident[],
    given: Partial<Moment> & { isSlow?: boolean } = {},
  ) => {
    const { isSlow = false, ...moment } = given;
    const notices = tracker.step(incidents, {
      now,
      isQuiet: false,
      delayMs: 0,
      rules: ALERT_RULES,
      ...moment,
    });
    if (!isSlow) for (const notice of notices) tracker.done(notice, 'text');
    return notices.map(({ state: is, incident }) => `${is} ${incident.key}`);
  };
  return { tracker, step };
}

describe('an incident', () => {
  it('is told once when it begins and once when it is over', () => {
    const { step } = follower();
    expect(step(0, [down])).toEqual(['begin provider_down:groq']);
    expect(step(1, [down])).toEqual([]);
    expect(step(2, [])).toEqual(['over provider_down:groq']);
    expect(step(3, [])).toEqual([]);
    expect(step(4, [down])).toEqual(['begin provider_down:groq']);
  });

  it('is told once it has lasted, and its end once it has been over that long', () => {
    const { step } = follower();
    const delayMs = 30;
    expect(step(0, [down], { delayMs })).toEqual([]);
    expect(step(29, [down], { delayMs })).toEqual([]);
    expect(step(30, [down], { delayMs })).toEqual(['begin provider_down:groq']);
    expect(step(40, [], { delayMs })).toEqual([]);
    expect(step(60, [down], { delayMs })).toEqual([]);
    expect(step(70, [], { delayMs })).toEqual([]);
    expect(step(99, [], { delayMs })).toEqual([]);
    expect(step(100, [], { delayMs })).toEqual(['over provider_down:groq']);
  });

  it('that does not last is never told', () => {
    const { step } = follower();
    step(0, [down], { delayMs: 30 });
    expect(step(20, [], { delayMs: 30 })).toEqual([]);
    expect(step(40, [down], { delayMs: 30 })).toEqual([]);
  });

  it('waits while it is quiet, and is told after that if it still lasts', () => {
    const { step } = follower();
    expect(step(0, [down], { isQuiet: true })).toEqual([]);
    expect(step(9, [down])).toEqual(['begin provider_down:groq']);
    expect(step(10, [], { isQuiet: true })).toEqual([]);
    expect(step(11, [])).toEqual(['over provider_down:groq']);
    expect(step(12, [down], { isQuiet: true })).toEqual([]);
    expect(step(13, [], { isQuiet: true })).toEqual([]);
    expect(step(14, [])).toEqual([]);
  });

  it('that gets worse is told anew, and is over once', () => {
    const { step } = follower();
    const budget = { ...down, key: 'budget:a', rule: 'budget' as const, level: 80 };
    expect(step(0, [budget])).toEqual(['begin budget:a']);
    expect(step(1, [{ ...budget, level: 100 }])).toEqual(['begin budget:a']);
    expect(step(2, [budget])).toEqual([]);
    expect(step(3, [])).toEqual(['over budget:a']);
  });

  it('is not over before it was told', () => {
    const { tracker, step } = follower();
    expect(step(0, [down], { isSlow: true })).toEqual(['begin provider_down:groq']);
    expect(step(1, [])).toEqual([]);
    tracker.done({ state: 'begin', incident: down }, 'text');
    expect(step(2, [])).toEqual(['over provider_down:groq']);
  });

  it('is told by nobody any more once its rule is off', () => {
    const { tracker, step } = follower();
    step(0, [down]);
    expect(step(1, [], { rules: ['budget'] })).toEqual([]);
    expect(tracker.open).toEqual([]);
  });

  it('that another one covers neither begins nor ends', () => {
    const { step } = follower();
    expect(step(0, [{ ...down, isCovered: true }])).toEqual([]);
    expect(step(1, [down])).toEqual(['begin provider_down:groq']);
    expect(step(2, [{ ...down, isCovered: true }])).toEqual([]);
  });
});

describe('after a start', () => {
  const told = {
    key: down.key,
    rule: down.rule,
    severity: down.severity,
    since: 5,
    level: 1,
    text: 'as told',
  };

  it('what was told is not told again, and is over with the words it was told with', () => {
    const { tracker, step } = follower({ open: [told] });
    expect(step(0, [down])).toEqual([]);
    const moment = { now: 1, isQuiet: false, delayMs: 0, rules: ALERT_RULES };
    expect(tracker.step([], moment)).toEqual([{ state: 'over', incident: told }]);
  });

  it('what has not been met again yet is not over for a while', () => {
    const { step } = follower({ open: [told] }, 60);
    expect(step(59, [])).toEqual([]);
    expect(step(60, [])).toEqual(['over provider_down:groq']);
  });

  it('what was met again ends as usual', () => {
    const { step } = follower({ open: [told] }, 60);
    expect(step(1, [down])).toEqual([]);
    expect(step(2, [])).toEqual(['over provider_down:groq']);
  });
});

describe('proxies', () => {
  it('told one by one are not over when many are told together', () => {
    const { step } = follower();
    step(0, [proxy('a')]);
    expect(step(1, [allProxies])).toEqual([`begin ${ALL_PROXIES}`]);
    expect(step(2, [proxy('a'), proxy('b')])).toEqual([]);
    expect(step(3, [])).toEqual([`over ${PROXY}a`, `over ${ALL_PROXIES}`]);
  });
});

it('clients that make up names cannot fill the memory', () => {
  const { tracker, step } = follower();
  const many = Array.from({ length: 1_000 }, (_, index) => ({ ...down, key: `budget:${index}` }));
  expect(step(0, many)).toHaveLength(200);
  expect(tracker.open).toHaveLength(200);
});
