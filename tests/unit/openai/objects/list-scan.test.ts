import { describe, expect, it } from 'vitest';
import { ITEM_DEPTH_MAX } from '../../../../lib/openai/objects/list-item';
import { scanPage, type ListPage } from '../../../../lib/openai/objects/list-scan';

function scan(bytes: Buffer, orderBy?: string) {
  const scanning = scanPage(bytes, orderBy);
  for (let steps = 0; ; steps++) {
    const step = scanning.next();
    if (step.done === true) return { page: step.value, steps };
  }
}
const scanText = (text: string, orderBy?: string) => scan(Buffer.from(text), orderBy).page;
function pageOf(text: string, orderBy?: string): ListPage {
  const page = scanText(text, orderBy);
  if (typeof page === 'string') throw new Error(page);
  return page;
}
const textsOf = ({ items }: ListPage) =>
  items.map(({ bytes, start, end }) => bytes.toString('utf8', start, end));
const idsOf = ({ items }: ListPage) => items.map(({ id }) => id);
const nested = (levels: number) => `{"id":"deep","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
const listOf = (...items: string[]) => `{"data":[${items.join(',')}]}`;
const LONG = 'x'.repeat(100_000);

describe('a page', () => {
  it('has its items as they came, with their ids and times', () => {
    const page = pageOf(
      ' {"object" : "list", "data": [ {"id":"a", "created_at": 1.50}, {"id":"b","created":2} ] ,"has_more":true}',
    );
    expect(textsOf(page)).toEqual(['{"id":"a", "created_at": 1.50}', '{"id":"b","created":2}']);
    expect(page).toMatchObject({ hasMore: true, unreadable: 0 });
    expect(page.items.map(({ id, rank }) => [id, rank])).toEqual([
      ['a', 1.5],
      ['b', 2],
    ]);
  });

  it('is in order by what the client names, by numbers, dates or texts', () => {
    const text = listOf(
      '{"created_at":1,"at":5}',
      '{"created_at":2,"at":"2024-01-01T00:00:00Z"}',
      '{"at":"n"}',
    );
    const ranks = (orderBy?: string) => pageOf(text, orderBy).items.map(({ rank }) => rank);
    expect(ranks()).toEqual([1, 2, 0]);
    expect(ranks('at')).toEqual([5, 1_704_067_200, 'n']);
    expect(ranks('nothing')).toEqual([1, 2, 0]);
  });

  it('tells what it counts', () => {
    const { totals } = pageOf('{"total":7,"total_count":"x","data":[],"count":2}');
    expect([...totals]).toEqual([
      ['total', 7],
      ['count', 2],
    ]);
  });

  it('may be empty, and the last list counts', () => {
    expect(pageOf('{"data":[ ]}').items).toEqual([]);
    expect(idsOf(pageOf('{"data":[{"id":"a"}],"data":[{"id":"b"}]}'))).toEqual(['b']);
  });

  it('of which an item cannot be read keeps the others', () => {
    const odd = ['1', 'null', '"x"', '[]', '{"id":nonsense}', '{"id":"u","x":"\\q"}', '{"id":"t","x":"\t"}'];
    const page = pageOf(listOf('{"id":"a"}', ...odd, '{"id":5}', '{"id":"b"}'));
    expect(idsOf(page)).toEqual(['a', undefined, 'b']);
    expect(page.unreadable).toBe(odd.length);
  });

  it('keeps the others of an item that is nested deeply, however deeply', () => {
    const page = pageOf(listOf('{"id":"a"}', nested(ITEM_DEPTH_MAX), nested(100_000), '{"id":"b"}'));
    expect(idsOf(page)).toEqual(['a', 'deep', 'b']);
    expect(page.unreadable).toBe(1);
  });

  it('keeps large items as they are, and reads what is needed of them', () => {
    const large = `{"id":"l\\u0061","x":["${LONG}",{"id":"no"}],"created_at":3,"y":"\\u00e4\\n\\""}`;
    const page = pageOf(listOf('{"id":"a"}', large, '{"id":"b"}'));
    expect(idsOf(page)).toEqual(['a', 'la', 'b']);
    expect(textsOf(page)[1]).toBe(large);
    expect(page.items[1]?.rank).toBe(3);
  });

  it('leaves an item out that is larger than any object', () => {
    const page = pageOf(listOf('{"id":"a"}', `{"id":"l","x":"${LONG.repeat(42)}"}`, '{"id":"b"}'));
    expect(idsOf(page)).toEqual(['a', 'b']);
    expect(page.unreadable).toBe(1);
  });

  it.each([
    `{"id":"l","x":"${LONG}",}`,
    `{"id":"l","x":"${LONG}\n"}`,
    `{"id":"l","x":"${LONG}\\q"}`,
    `{"id":"l","x":"${LONG}\\u12g4"}`,
    `{"id":"l","x":"${LONG}"]}`.replace(']', ':1'),
  ])('leaves a large item out that is no JSON', (large) => {
    expect(pageOf(listOf(large, '{"id":"b"}'))).toMatchObject({ unreadable: 1, items: [{ id: 'b' }] });
  });

  it('is read in slices, whatever it is long of', () => {
    const long = [
      listOf(`{"id":"a","x":"${LONG.repeat(10)}"}`),
      listOf(`{"id":"a"}${' '.repeat(1_000_000)}`),
      listOf(nested(500_000)),
      listOf(...Array.from({ length: 50_000 }, (_, index) => `{"id":"item-${index}"}`)),
    ];
    for (const text of long) expect(scan(Buffer.from(text)).steps).toBeGreaterThan(10);
  });

  it('has bytes that are no text replaced', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"data":[{"id":"a","x":"'),
      Buffer.from([0xff]),
      Buffer.from('"}]}'),
    ]);
    expect(textsOf(scan(bytes).page as ListPage)).toEqual(['{"id":"a","x":"\uFFFD"}']);
    expect(textsOf(pageOf(listOf('{"x":"\uFFFD"}')))).toEqual(['{"x":"\uFFFD"}']);
  });
});

it.each([
  '',
  '[]',
  'x',
  '<html>',
  '{}',
  '{"data":{}}',
  '{"data":[{"id":"a"}',
  '{"data":[{"id":"a"} {"id":"b"}]}',
  '{"data":[],',
  '{"data":["x',
  '{"data":[]x',
  '{"data":[]} '.slice(0, 10),
  '{x:1}',
])('what is no list is no page: %j', (text) => {
  expect(scanText(text)).toBe('no_list');
});

it('more items than memory is for are too many', () => {
  expect(scanText(`{"data":[${'{},'.repeat(50_001)}{}]}`)).toBe('too_many');
  expect(scanText(`{"data":[${'1,'.repeat(50_001)}1]}`)).toBe('too_many');
});
