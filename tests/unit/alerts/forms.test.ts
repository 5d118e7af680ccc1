import { describe, expect, it } from 'vitest';
import { FORMS } from '../../../lib/alerts/forms/all';
import { oneLine, type AlertMessage } from '../../../lib/alerts/message';
import { ALERT_KINDS, type AlertReceiver } from '../../../lib/config/alert-rules';
import { message, receiver } from './support';

/** A provider's name that would ring everybody, and be markup wherever it can. */
const WICKED =
  '<!everyone> <!channel|x> @everyone @here <@123> *b* _i_ `c` [a](https://e.example) /stop :fire: &lt; #x';

function posted(
  kind: AlertReceiver['kind'],
  given: Partial<AlertMessage> = {},
  to: Partial<AlertReceiver> = {},
) {
  const posting = FORMS[kind](receiver({ kind, ...to }), message(given));
  return { ...posting, json: () => JSON.parse(posting.body) as Record<string, unknown> };
}

describe('the own form', () => {
  it('has an id, what has happened, when, and the incident', () => {
    expect(posted('json').json()).toEqual({
      id: '11111111-2222-3333-4444-555555555555',
      type: 'incident.began',
      at: 1_796_000_000_000,
      title: 'OpenAI Balance: Urgent',
      text: 'Groq answers 503',
      incident: {
        id: 'provider_down:groq',
        rule: 'provider_down',
        severity: 'high',
        since: 1_795_999_000_000,
      },
    });
    expect(posted('json', { state: 'over' }).json()).toMatchObject({ type: 'incident.ended' });
    expect(posted('json', { state: 'test', incident: undefined }).json()).toMatchObject({
      type: 'test',
      incident: null,
    });
  });
});

describe('Slack', () => {
  it('gets plain text in a block, and escaped text for notifications', () => {
    const { text, blocks } = posted('slack', { text: WICKED }).json() as {
      text: string;
      blocks: { text: { type: string; text: string; emoji: boolean } }[];
    };
    expect(text).not.toMatch(/[<>]/);
    expect(text).toContain('&lt;!everyone&gt;');
    expect(text).toContain('&amp;lt;');
    expect(blocks[0]?.text).toEqual({
      type: 'plain_text',
      text: `🔴 OpenAI Balance: Urgent\n${WICKED}`,
      emoji: false,
    });
  });

  it('gets 3,000 characters of a text at most', () => {
    const { text, blocks } = posted('slack', { text: '<'.repeat(9_000) }).json() as {
      text: string;
      blocks: { text: { text: string } }[];
    };
    expect(text.length).toBeLessThanOrEqual(3_000);
    expect(text).toMatch(/&lt;…$/);
    expect(blocks[0]?.text.text).toHaveLength(3_000);
  });
});

describe('Discord', () => {
  it('mentions nobody, and shows markup as it was written', () => {
    const { content, ...rest } = posted('discord', { text: WICKED }).json() as { content: string };
    expect(rest).toEqual({ allowed_mentions: { parse: [] }, flags: 4 });
    const [, text = ''] = content.split('\n');
    expect(text).not.toMatch(/(?<!\\)[*_~`|<@#[\]():]/);
    expect(text.replace(/\\([^0-9A-Za-z\s])/g, '$1')).toBe(WICKED);
  });

  it('gets 2,000 characters at most, and no half of an escape', () => {
    const { content } = posted('discord', { text: '*'.repeat(5_000) }).json() as { content: string };
    expect(content.length).toBeLessThanOrEqual(2_000);
    expect(content).toMatch(/\\\*…$/);
  });
});

describe('Telegram', () => {
  const to = { url: 'https://api.telegram.org', token: '123456:ABC-def', chatId: '-100123' };

  it('is asked with the token in the path and without a parse mode', () => {
    const { url, json } = posted('telegram', {}, to);
    expect(url).toBe('https://api.telegram.org/bot123456:ABC-def/sendMessage');
    expect(json()).toEqual({
      chat_id: '-100123',
      text: '🔴 OpenAI Balance: Urgent\nGroq answers 503',
      link_preview_options: { is_disabled: true },
    });
  });

  it('finds no names and no commands in a text', () => {
    const { text } = posted('telegram', { text: WICKED }, to).json() as { text: string };
    expect(text).not.toMatch(/@\p{L}|#\p{L}|\s\/\p{L}/u);
  });

  it('gets 4,096 characters at most, none of them cut in two', () => {
    const { text } = posted('telegram', { text: '😀'.repeat(5_000) }, to).json() as { text: string };
    expect(text.length).toBeLessThanOrEqual(4_096);
    expect(text).toMatch(/😀…$/u);
  });
});

describe('ntfy', () => {
  it('gets the text as it is, with title, priority and tag as headers', () => {
    expect(posted('ntfy', { text: WICKED }, { url: 'https://ntfy.sh/topic' })).toMatchObject({
      url: 'https://ntfy.sh/topic',
      body: WICKED,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        title: 'OpenAI Balance: Urgent',
        priority: '5',
        tags: 'rotating_light',
      },
    });
    expect(posted('ntfy', { state: 'over' }).headers).toMatchObject({
      priority: '3',
      tags: 'white_check_mark',
    });
    expect(posted('ntfy').headers).not.toHaveProperty('authorization');
    expect(posted('ntfy', {}, { token: 'tk_1' }).headers).toMatchObject({ authorization: 'Bearer tk_1' });
  });

  it('gets a title that is not ASCII as an encoded word', () => {
    const { title = '' } = posted('ntfy', { title: 'OpenAI Balance：紧急' }).headers;
    const [, word = ''] = /^=\?UTF-8\?B\?([\w+/=]+)\?=$/.exec(title) ?? [];
    expect(Buffer.from(word, 'base64').toString()).toBe('OpenAI Balance：紧急');
  });

  it('gets 4,096 bytes at most', () => {
    const { body } = posted('ntfy', { text: '密'.repeat(3_000) });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4_096);
    expect(body).toMatch(/密…$/);
  });
});

it.each(ALERT_KINDS)('%s sends what can stand in a header, whatever a name has in it', (kind) => {
  const { headers } = posted(kind, { text: oneLine('a\r\nx-evil: 1\u2028\u202eb') });
  for (const value of Object.values(headers)) expect(value).toMatch(/^[ -~]+$/);
});

it('a text is one line, and nothing in it turns the rest around', () => {
  expect(oneLine(' a\r\n\tb\u2029c\u202e\u2066d ')).toBe('a b cd');
});
