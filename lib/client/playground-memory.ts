import { emptyChat, withoutWaiting, type Chat } from './playground';

/**
 * The chat of the playground in this tab: a reload keeps it, signing out forgets it. It has no token in it. A chat that
 * is too large for the browser's storage is kept without its oldest turns.
 */
const NAME = 'playground';
/** Of some megabytes that a page may store. */
const LENGTH_MAX = 1_500_000;

const isText = (value: unknown) => typeof value === 'string';
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isAnswer(value: unknown): boolean {
  return isObject(value) && [value.model, value.text, value.thought].every(isText);
}

function isTurn(value: unknown): boolean {
  if (!isObject(value) || typeof value.id !== 'number' || !isText(value.question)) return false;
  return Array.isArray(value.answers) && value.answers.every(isAnswer);
}

function isChat(value: unknown): value is Chat {
  if (!isObject(value) || !isObject(value.parameters) || !isText(value.draft)) return false;
  const { models, turns, parameters } = value;
  const hasModels = Array.isArray(models) && models.length > 0 && models.length <= 2 && models.every(isText);
  const hasParameters = Object.entries(emptyChat.parameters).every(
    ([name, standard]) => typeof parameters[name] === typeof standard,
  );
  return hasModels && hasParameters && Array.isArray(turns) && turns.every(isTurn);
}

/** The chat that a text of the storage tells; an empty one if it tells none. */
export function chatOf(text: string | null): Chat {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isChat(value) ? withoutWaiting(value) : emptyChat;
  } catch {
    return emptyChat;
  }
}

/** The chat as text, without as many of its oldest turns as it takes to fit. */
export function textOf(chat: Chat, lengthMax = LENGTH_MAX): string {
  for (let { turns } = chat; ; turns = turns.slice(Math.ceil(turns.length / 2))) {
    const text = JSON.stringify({ ...chat, turns });
    if (text.length <= lengthMax || turns.length === 0) return text;
  }
}

/** Signing out leaves the page, and nothing is to be kept on the way. */
let isForgotten = false;

export const playgroundMemory = {
  read(): Chat {
    try {
      return chatOf(sessionStorage.getItem(NAME));
    } catch {
      return emptyChat;
    }
  },

  keep(chat: Chat): void {
    if (isForgotten) return;
    try {
      sessionStorage.setItem(NAME, textOf(chat));
    } catch {
      // Storage may be off or full; then the chat lasts as long as the page.
    }
  },

  /** For good, as long as this document lasts. */
  forget(): void {
    isForgotten = true;
    try {
      sessionStorage.removeItem(NAME);
    } catch {
      // Then nothing was kept there.
    }
  },
};
