import { expect, it } from 'vitest';
import { tidyPageHeaders } from '../../../../lib/http/pages/page-headers';

const TREE = encodeURIComponent(JSON.stringify(['', { children: ['login', {}] }]));

it("what a browser asks of the router passes, and nothing of Next's own that a stranger wrote", () => {
  const asked = {
    rsc: '1',
    'next-router-state-tree': TREE,
    'next-router-prefetch': '1',
    'next-url': '/login',
  };
  const headers = {
    ...asked,
    'x-invoke-status': '500',
    'x-matched-path': '/x',
    'next-action': 'x',
    accept: '*/*',
  };
  tidyPageHeaders(headers);
  expect(headers).toEqual({ ...asked, accept: '*/*' });
});

it.each(['{"a":', '%zz', '[[[[', '1', 'null', '{}', `${TREE}, ${TREE}`, 'x'.repeat(50_000)])(
  'a router state that cannot be read is no question to the router: %s',
  (tree) => {
    const headers = { rsc: '1', 'next-router-state-tree': tree, 'next-url': '/', accept: '*/*' };
    tidyPageHeaders(headers);
    expect(headers).toEqual({ accept: '*/*' });
  },
);
