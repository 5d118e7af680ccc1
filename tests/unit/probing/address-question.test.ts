import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkAddress } from '../../../lib/admin/providers/check-address';
import { DIRECT } from '../../../lib/balancer/egress/binding';
import { Egresses } from '../../../lib/balancer/egress/egresses';
import { createAddressQuestion } from '../../../lib/probing/ask-models';
import { EventLog, SeededRandom, TestClock } from '../balancer/support';
import { world } from '../admin/support';
import { Stand } from '../upstream/dialled';

const KEY = 'sk-0123456789abcdef';
let stand: Stand;
let host: string;
let models: object;
/** What came along, and with which key. */
let asked: string[];

const serve = ({ url = '', headers }: IncomingMessage, response: ServerResponse) => {
  asked.push(`${url} ${headers.authorization ?? ''}`);
  if (url !== '/v1/models') {
    return response
      .writeHead(404, { 'content-type': 'text/html' })
      .end('<html><title>Not Found</title><body>Not Found</body></html>');
  }
  return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(models));
};

beforeEach(async () => {
  stand = new Stand();
  asked = [];
  models = { data: [{ id: 'acme-chat' }] };
  host = `127.0.0.1:${await stand.http(serve)}`;
});

afterEach(() => stand.close());

async function check(baseUrl: string) {
  const askAddress = createAddressQuestion({
    clock: new TestClock(),
    upstream: stand.client,
    egresses: new Egresses(new SeededRandom(), new EventLog()),
    sharedBinding: () => DIRECT,
    customHeaders: () => ({}),
  });
  const { context } = await world({}, { askAddress });
  return checkAddress(context, { baseUrl, text: KEY });
}

it.each(['/v2', '/vl', '/V1', '/v1/v1', '/api'])(
  'a path that a server answers with a page of HTML is a doubt, with the right one: %s',
  async (path) => {
    expect(await check(`http://${host}${path}`)).toMatchObject({
      outcome: 'not_an_api',
      message: 'answered with 404 a page of HTML: Not Found',
      suggestion: `http://${host}/v1`,
    });
  },
);

it('https where plain http is spoken is told in plain words, with the address to take, and no key is sent', async () => {
  expect(await check(`https://${host}/v1`)).toMatchObject({
    outcome: 'unreachable',
    message: expect.stringMatching(/^the server speaks plain http/) as string,
    suggestion: `http://${host}/v1`,
  });
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.join('\n')).not.toContain(KEY);
});

it.each([
  [{ models: [{ name: 'acme-chat' }] }],
  [{ models: ['acme-chat'] }],
  [[{ id: 'acme-chat' }]],
  [['acme-chat']],
  [{ data: [{ model: 'acme-chat' }] }],
])('a list of models in another shape is read: %j', async (list) => {
  models = list;
  expect(await check(`http://${host}/v1`)).toMatchObject({
    outcome: 'models',
    models: ['acme-chat'],
    suggestion: null,
  });
});
