import type { ChatError, ChatUsage } from './chat-answer';
import type { ChatBody, ChatMessage, ChatProgress } from './chat-stream';

/** A chat of the playground: what was asked, what each model answered, and how the next question is put. */

/** What the log knows of a request. */
export interface LoggedFigures {
  readonly id: string;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly costUsd: number | null;
}

export interface Answer extends Pick<ChatProgress, 'text' | 'thought'> {
  readonly model: string;
  readonly firstMs?: number;
  /** Undefined while it comes. */
  readonly totalMs?: number;
  readonly requestId?: string;
  readonly usage?: ChatUsage;
  readonly error?: ChatError;
  /** It was not waited for to its end. */
  readonly isStopped?: boolean;
  readonly logged?: LoggedFigures;
}

export interface Turn {
  readonly id: number;
  readonly question: string;
  /** One for each model that was asked. */
  readonly answers: readonly Answer[];
}

/** As they are typed: an empty one is not sent. */
export interface Parameters {
  readonly system: string;
  readonly temperature: string;
  readonly topP: string;
  readonly maxTokens: string;
  readonly effort: string;
  readonly isStream: boolean;
}

export interface Chat {
  /** One, or two side by side; an empty name is not chosen yet. */
  readonly models: readonly string[];
  readonly parameters: Parameters;
  readonly turns: readonly Turn[];
  /** What is typed and not sent yet. */
  readonly draft: string;
}

export const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;

const noParameters: Parameters = {
  system: '',
  temperature: '',
  topP: '',
  maxTokens: '',
  effort: '',
  isStream: true,
};

export const emptyChat: Chat = { models: [''], parameters: noParameters, turns: [], draft: '' };

/** The same models and parameters with nothing said. */
export const newChat = ({ models, parameters }: Chat): Chat => ({ ...emptyChat, models, parameters });

type NumberName = 'temperature' | 'topP' | 'maxTokens';

const bounds: Readonly<Record<NumberName, (value: number) => boolean>> = {
  temperature: (value) => value >= 0 && value <= 2,
  topP: (value) => value >= 0 && value <= 1,
  maxTokens: (value) => Number.isSafeInteger(value) && value > 0,
};

function numberOf(parameters: Parameters, name: NumberName): number | undefined {
  const text = parameters[name].trim().replace(',', '.');
  return text === '' ? undefined : Number(text);
}

/** The parameters that cannot be sent as they are typed. */
export function wrongParameters(parameters: Parameters): readonly NumberName[] {
  return (Object.keys(bounds) as NumberName[]).filter((name) => {
    const value = numberOf(parameters, name);
    return value !== undefined && !bounds[name](value);
  });
}

/** OpenAI's newer models want another name for it, and others do not know that. */
const isNewer = (model: string) => /(?:^|\/)(?:o[1-9]|gpt-[5-9])/i.test(model);

/** What was asked and answered before, as this side has it; what failed is left out, as if it had not been asked. */
function pastOf({ turns }: Chat, side: number): ChatMessage[] {
  return turns.flatMap(({ question, answers }): ChatMessage[] => {
    const answer = answers[side] ?? answers[0];
    if (answer === undefined || answer.error !== undefined || answer.text === '') return [];
    return [
      { role: 'user', content: question },
      { role: 'assistant', content: answer.text },
    ];
  });
}

/** The request that puts `question` to the model of a side, behind all that was said before. */
export function bodyOf(chat: Chat, side: number, question: string): ChatBody {
  const { models, parameters } = chat;
  const model = models[side] ?? '';
  const [temperature, topP, maxTokens] = (['temperature', 'topP', 'maxTokens'] as const).map((name) =>
    numberOf(parameters, name),
  );
  const { system, effort } = parameters;
  return {
    model,
    messages: [
      ...(system.trim() === '' ? [] : [{ role: 'system', content: system } as const]),
      ...pastOf(chat, side),
      { role: 'user', content: question },
    ],
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxTokens === undefined
      ? {}
      : isNewer(model)
        ? { max_completion_tokens: maxTokens }
        : { max_tokens: maxTokens }),
    ...(effort === '' ? {} : { reasoning_effort: effort }),
  };
}

/** What would be sent now: what is typed, else what was asked last. */
export function nextBody(chat: Chat, side: number, example: string): ChatBody {
  const typed = chat.draft.trim();
  const last = chat.turns.at(-1);
  if (typed !== '' || last === undefined) return bodyOf(chat, side, typed === '' ? example : typed);
  return bodyOf({ ...chat, turns: chat.turns.slice(0, -1) }, side, last.question);
}

/** The chat with one more question, and an answer to come of each of the models. No other turn ever had this `id`. */
export function withQuestion(chat: Chat, question: string, id: number): Chat {
  const answers = chat.models.map((model) => ({ model, text: '', thought: '' }));
  return { ...chat, turns: [...chat.turns, { id, question, answers }] };
}

/** The chat in which one answer is another one. */
export function withAnswer(chat: Chat, turnId: number, side: number, change: Partial<Answer>): Chat {
  const turns = chat.turns.map((turn) =>
    turn.id === turnId
      ? {
          ...turn,
          answers: turn.answers.map((answer, at) => (at === side ? { ...answer, ...change } : answer)),
        }
      : turn,
  );
  return { ...chat, turns };
}

/** What a piece of an answer changes. */
export function answerOf(progress: ChatProgress): Partial<Answer> {
  const known = Object.entries(progress).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as Partial<Answer>;
}

/** As a chat is found that was left while answers came: nobody waits for those any more. */
export function withoutWaiting(chat: Chat): Chat {
  const turns = chat.turns.map((turn) => ({
    ...turn,
    answers: turn.answers.map((answer) =>
      answer.totalMs === undefined && answer.error === undefined ? { ...answer, isStopped: true } : answer,
    ),
  }));
  return { ...chat, turns };
}

export const isWaiting = ({ turns }: Chat): boolean =>
  turns.at(-1)?.answers.some(({ totalMs, isStopped }) => totalMs === undefined && isStopped !== true) ??
  false;
