import { cutTo, type AlertMessage } from '../message';
import type { Form } from './form';

/** A longer message becomes an attachment. */
const MESSAGE_BYTES_MAX = 4_096;

/** A topic of ntfy: https://docs.ntfy.sh/publish/. The message is plain text; the title is encoded as in RFC 2047. */
export const ntfyForm: Form = ({ url, token }, message) => ({
  url,
  headers: {
    'content-type': 'text/plain; charset=utf-8',
    title: encodedWord(message.title),
    priority: priorityOf(message),
    tags: tagOf(message),
    ...(token !== '' && { authorization: `Bearer ${token}` }),
  },
  body: cutTo(message.text, (text) => Buffer.byteLength(text) <= MESSAGE_BYTES_MAX),
});

const PRIORITIES = { high: '5', medium: '4', low: '3' } as const;

function priorityOf({ state, incident }: AlertMessage): string {
  return state === 'begin' && incident !== undefined ? PRIORITIES[incident.severity] : '3';
}

/** Short codes of emojis, which stand before the title. */
function tagOf({ state, incident }: AlertMessage): string {
  if (state === 'over') return 'white_check_mark';
  if (incident === undefined) return 'bell';
  return incident.severity === 'high' ? 'rotating_light' : 'warning';
}

function encodedWord(text: string): string {
  return /^[ -~]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}
