import { describe, expect, it } from 'vitest';
import type { ExploredGroup, UsageTotals } from '../../../lib/admin/contract/stats';
import {
  exploreFormat,
  explorePoints,
  exploreSeries,
  OTHERS,
  othersOf,
} from '../../../components/explore/explore-content';
import {
  exploreHref,
  hrefOfAll,
  hrefOfOne,
  logsHref,
  scopesOf,
  sortedGroups,
  sortingOf,
  sortText,
} from '../../../components/explore/explore-view';
import { canGroupBy, exploreDefaults, exploreQuestion, type Found } from '../../../lib/client/explore';
import { readUrlState } from '../../../lib/client/url-state';

const view = (patch: Partial<typeof exploreDefaults> = {}) => ({ ...exploreDefaults, ...patch });
const NO_NAMES = { name: null, hint: null };
const found = (patch: object): Found =>
  ({
    from: 1_000,
    bucketMs: 100,
    isSum: true,
    groups: [],
    filter: { provider: null, token: NO_NAMES, key: NO_NAMES, proxy: NO_NAMES },
    question: exploreQuestion(view()),
    ...patch,
  }) as unknown as Found;

describe('what the server is asked', () => {
  it('is what the address says, and the default where that says nothing that there is', () => {
    const question = exploreQuestion(view({ range: '7d', metric: 'costUsd', group: 'token', model: 'gpt' }));
    expect(question).toEqual({ range: '7d', metric: 'costUsd', groupBy: 'token', model: 'gpt' });
    expect(exploreQuestion(view({ range: 'x', metric: 'x', group: 'x' }))).toEqual({
      range: '24h',
      metric: 'requests',
      groupBy: 'model',
    });
  });

  it('never has keys and client tokens together, which are kept apart', () => {
    expect(exploreQuestion(view({ group: 'key', token: 't' }))).not.toHaveProperty('token');
    expect(exploreQuestion(view({ key: 'k', token: 't' }))).not.toHaveProperty('token');
    expect(exploreQuestion(view({ key: 'k', group: 'token' })).groupBy).toBe('none');
  });

  it.each([
    [
      { proxy: 'p', verdict: 'v' },
      { groupBy: 'model', proxy: 'p', verdict: 'v' },
    ],
    [
      { proxy: 'p', group: 'verdict' },
      { groupBy: 'verdict', proxy: 'p' },
    ],
    [
      { verdict: 'v', group: 'token', token: 't' },
      { groupBy: 'none', verdict: 'v' },
    ],
    [
      { group: 'proxy', token: 't', model: 'm' },
      { groupBy: 'proxy', model: 'm' },
    ],
    [
      { group: 'verdict', key: 'k' },
      { groupBy: 'none', keyId: 'k' },
    ],
    [{ group: 'key', proxy: 'p' }, { groupBy: 'key' }],
  ])('never has proxies and verdicts beside keys or client tokens: %o', (patch, asked) => {
    expect(exploreQuestion(view(patch))).toEqual({ range: '24h', metric: 'requests', ...asked });
  });

  it('can be split up only by what goes with the filters', () => {
    const groups = ['none', 'model', 'status', 'token', 'key', 'proxy', 'verdict'] as const;
    const beside = (filters: Parameters<typeof canGroupBy>[1]) =>
      groups.filter((group) => canGroupBy(group, filters));
    expect(beside({})).toEqual(groups);
    expect(beside({ keyId: 'k' })).toEqual(['none', 'model', 'status', 'key']);
    expect(beside({ token: 't' })).toEqual(['none', 'model', 'status', 'token']);
    expect(beside({ verdict: 'v' })).toEqual(['none', 'model', 'status', 'proxy', 'verdict']);
  });
});

describe('links', () => {
  const viewAt = (href: string) =>
    readUrlState(new URL(href, 'http://localhost').searchParams, exploreDefaults);

  it('of a group lead to its own page, and from there back to all', () => {
    const here = view({ range: '30d', metric: 'costUsd', group: 'model' });
    const one = viewAt(hrefOfOne(here, 'model', 'a&b=c'));
    expect(one).toEqual(view({ range: '30d', metric: 'costUsd', group: 'provider', model: 'a&b=c' }));
    expect(viewAt(hrefOfAll(one, 'model'))).toEqual(here);
    expect(viewAt(hrefOfOne(view({ token: 't' }), 'key', 'k')).token).toBe('');
    const proxy = viewAt(hrefOfOne(view({ token: 't', key: 'k', group: 'proxy' }), 'proxy', 'direct'));
    expect(proxy).toEqual(view({ group: 'verdict', proxy: 'direct' }));
    expect(viewAt(hrefOfOne(proxy, 'verdict', 'cut'))).toEqual(
      view({ group: 'provider', proxy: 'direct', verdict: 'cut' }),
    );
    expect(viewAt(hrefOfOne(proxy, 'token', 't'))).toEqual(view({ group: 'model', token: 't' }));
  });

  it('name their group, so that they win over how the page was left', () => {
    expect(exploreHref({ group: 'model' })).toBe('/explore?group=model');
  });

  it('to the logs are of the same time where it does not move on, to the minute', () => {
    const question = exploreQuestion(view({ range: '2026-11-03T14:00..2026-11-03T17:00' }));
    const [from, to] = [Date.UTC(2026, 10, 3, 14), Date.UTC(2026, 10, 3, 17)];
    expect(logsHref(found({ question, from, to }))).toBe(
      '/logs?from=2026-11-03T14%3A00Z&to=2026-11-03T16%3A59Z',
    );
  });

  it('to the logs ask for the same requests, by the hint of a token', () => {
    const question = exploreQuestion(view({ provider: 'openai', model: 'gpt', token: 't1' }));
    const filter = { provider: 'OpenAI', token: { name: 'web', hint: 'tok...1' }, key: NO_NAMES };
    expect(logsHref(found({ question, filter }))).toBe('/logs?provider=openai&model=gpt&token=tok...1');
    expect(logsHref(found({}))).toBe('/logs');
    expect(logsHref(found({ question: exploreQuestion(view({ verdict: 'cut' })) }))).toBe(
      '/logs?outcome=cut',
    );
    expect(scopesOf(found({ question, filter })).map(({ group, name }) => [group, name])).toEqual([
      ['model', null],
      ['token', 'web'],
      ['provider', 'OpenAI'],
    ]);
  });
});

describe('the order of the table', () => {
  const group = (id: string, totals: Partial<UsageTotals>) => ({ id, totals }) as unknown as ExploredGroup;
  const groups = [
    group('a', { costUsd: null, requests: 3 }),
    group('b', { costUsd: 2, requests: 2 }),
    group('c', { costUsd: 5, requests: 1 }),
  ];
  const ids = (text: string) => sortedGroups(groups, sortingOf(text)).map(({ id }) => id);

  it('is by requests at first, and has what is not known last either way', () => {
    expect(ids('')).toEqual(['a', 'b', 'c']);
    expect(ids('cost.desc')).toEqual(['c', 'b', 'a']);
    expect(ids('cost.asc')).toEqual(['b', 'c', 'a']);
    expect(ids('nothing.asc')).toEqual(['a', 'b', 'c']);
  });

  it('is in the address, unless it is the one at first', () => {
    expect(sortText({ by: 'requests', order: 'desc' })).toBe('');
    expect(sortingOf(sortText({ by: 'p95', order: 'asc' }))).toEqual({ by: 'p95', order: 'asc' });
  });
});

describe('the chart', () => {
  const series = [
    { id: 'a', values: [5, 0, null] },
    { id: 'b', values: [1, 2, null] },
  ];

  it('shows what is in no group, so that each bucket is as high as the whole', () => {
    const answer = found({ values: [10, 2, 4], series });
    const points = explorePoints(answer);
    const drawn = exploreSeries(answer, points);
    expect(drawn.map(({ name }) => name)).toEqual(['group a', 'group b', OTHERS]);
    for (const point of points) {
      const sum = drawn.reduce((total, { valueOf }) => total + (valueOf(point) ?? 0), 0);
      expect(sum).toBe(point.whole);
    }
    expect(points.map(({ at }) => at)).toEqual([1_000, 1_100, 1_200]);
  });

  it('has no rest made of errors of adding up, and none below zero', () => {
    expect(othersOf({ at: 0, whole: 0.3, parts: [0.1, 0.2] })).toBe(0);
    expect(othersOf({ at: 0, whole: 2, parts: [3] })).toBe(0);
    expect(othersOf({ at: 0, whole: null, parts: [1] })).toBeNull();
  });

  it('draws lines, gaps and no rest where figures do not add up', () => {
    const question = exploreQuestion(view({ metric: 'latencyP95Ms' }));
    const answer = found({ question, isSum: false, values: [9, 9, 9], series });
    const points = explorePoints(answer);
    const drawn = exploreSeries(answer, points);
    expect(drawn.map(({ shape }) => shape)).toEqual(['line', 'line']);
    expect(drawn[0]?.valueOf(points[2]!)).toBeNull();
  });

  it('has the former time as a faint line where nothing is grouped, and only there', () => {
    const former = { from: 0, to: 300, bucketMs: 100, value: 6, values: [1, null, 3] };
    const alone = exploreQuestion(view({ group: 'none', metric: 'successRate' }));
    const answer = found({ question: alone, isSum: false, values: [9, 8, 7], series: [], former });
    const points = explorePoints(answer);
    const [whole, line] = exploreSeries(answer, points);
    expect([whole?.name, line?.isFaint]).toEqual(['whole', true]);
    // Percents are drawn.
    expect(points.map((point) => line?.valueOf(point))).toEqual([100, null, 300]);
    const grouped = found({ values: [9, 8, 7], series, former });
    expect(exploreSeries(grouped, explorePoints(grouped)).some(({ isFaint }) => isFaint === true)).toBe(
      false,
    );
  });

  it('of days stand where they begin', () => {
    const starts = [1_000, 1_090, 1_200];
    expect(explorePoints(found({ values: [1, 2, 3], series: [], starts })).map(({ at }) => at)).toEqual(
      starts,
    );
  });

  it('writes figures as every page does', () => {
    expect(exploreFormat('costUsd').ofValue(0.00123)).toBe('$0.00123');
    expect(exploreFormat('costUsd').ofValue(null)).toBe('–');
    expect(exploreFormat('successRate').ofValue(0.9999)).toBe('99.99 %');
    expect(exploreFormat('latencyP50Ms').ofValue(1_240)).toBe('1.24 s');
  });
});
