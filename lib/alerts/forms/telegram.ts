import { cutTo, markOf } from '../message';
import { JSON_HEADERS, type Form } from './form';

const TEXT_CHARS_MAX = 4_096;

/**
 * A bot of Telegram: https://core.telegram.org/bots/api#sendmessage. Without a parse mode nothing is markup; names and
 * commands are found in plain text too, so no letter follows their sign.
 */
export const telegramForm: Form = ({ url, token, chatId }, message) => ({
  url: `${url.replace(/\/+$/, '')}/bot${token}/sendMessage`,
  headers: JSON_HEADERS,
  body: JSON.stringify({
    chat_id: chatId,
    text: cutTo(
      `${markOf(message)} ${message.title}\n${apart(message.text)}`,
      (part) => part.length <= TEXT_CHARS_MAX,
    ),
    link_preview_options: { is_disabled: true },
  }),
});

const apart = (text: string): string => text.replace(/[@#$](?=\p{L})|(?<=^|\s)\/(?=\p{L})/gu, '$&\u200b');
