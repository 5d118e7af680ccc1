import { cutTo, markOf } from '../message';
import { JSON_HEADERS, type Form } from './form';

const CONTENT_CHARS_MAX = 2_000;
/** SUPPRESS_EMBEDS: an address in the text shows no preview. */
const FLAGS = 1 << 2;

/**
 * A webhook of Discord: https://docs.discord.com/developers/resources/webhook#execute-webhook. Nobody is mentioned,
 * whatever the text says, and what is markup there is escaped.
 */
export const discordForm: Form = ({ url }, message) => {
  const head = `${markOf(message)} **${escaped(message.title)}**\n`;
  const text = cutTo(message.text, (part) => head.length + escaped(part).length <= CONTENT_CHARS_MAX);
  return {
    url,
    headers: JSON_HEADERS,
    body: JSON.stringify({
      content: head + escaped(text),
      allowed_mentions: { parse: [] },
      flags: FLAGS,
    }),
  };
};

const escaped = (text: string): string => text.replace(/[\\*_~`|>#<@:[\]()-]/g, String.raw`\$&`);
