import { cutTo, markOf } from '../message';
import { JSON_HEADERS, type Form } from './form';

const TEXT_CHARS_MAX = 3_000;

/**
 * An incoming webhook of Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. The block
 * is plain text, in which nothing is markup; the text beside it is what notifications show, where `&`, `<` and `>` are
 * escaped, so that nothing mentions anybody.
 */
export const slackForm: Form = ({ url }, message) => {
  const text = `${markOf(message)} ${message.title}\n${message.text}`;
  const plain = cutTo(text, (part) => part.length <= TEXT_CHARS_MAX);
  return {
    url,
    headers: JSON_HEADERS,
    body: JSON.stringify({
      text: cutTo(text, (part) => escaped(part).length <= TEXT_CHARS_MAX).replace(/[&<>]/g, escapeOf),
      blocks: [{ type: 'section', text: { type: 'plain_text', text: plain, emoji: false } }],
      unfurl_links: false,
      unfurl_media: false,
    }),
  };
};

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escapeOf = (character: string): string => ESCAPES[character] ?? character;
const escaped = (text: string): string => text.replace(/[&<>]/g, escapeOf);
