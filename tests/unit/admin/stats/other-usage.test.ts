import { expect, it } from 'vitest';
import { usageBeside } from '../../../../lib/admin/stats/other-usage';
import { usageTotals } from '../../../../lib/admin/stats/usage-totals';
import { usageAtProxy } from '../../../../lib/store/usage/usage-by-attempt';
import { mergeUsage, usageOfRequest } from '../../../../lib/store/usage/usage-delta';
import { requestRow } from '../../../integration/store/rows';

const at = (egressId: string, verdict: string) => ({ provider: 'p', keyId: 'k', egressId, verdict });
const request = { ...requestRow(1), provider: 'p' };
const ofAll = usageOfRequest(request, 'k', { attempts: [at('one', 'cut'), at('two', 'success')] });
const whole = ofAll.filter(({ resolution }) => resolution === 'minute');
const parts = ofAll.filter(({ resolution }) => resolution === 'att_min');

it('has no attempt of its own where the parts have them apart from their requests', () => {
  expect(usageTotals(whole)).toMatchObject({ requests: 1, attempts: 2, failedAttempts: 1 });
  expect(usageTotals(usageBeside(whole, parts))).toMatchObject({
    ...{ requests: 0, succeeded: 0, attempts: 0, failedAttempts: 0 },
  });
});

it('has what none of the parts has, and nothing less than none', () => {
  const [first] = parts;
  expect(usageTotals(usageBeside(whole, [first!]))).toMatchObject({ attempts: 1, failedAttempts: 1 });
  const [own] = whole;
  const two = mergeUsage([own!, own!].map((usage) => usageAtProxy(usage, 'one', 'success')));
  expect(usageTotals(usageBeside(whole, two))).toMatchObject({ requests: 0, attempts: 0 });
});
