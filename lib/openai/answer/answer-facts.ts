import type { Facts, Subject } from '../../balancer/facts';
import type { HeaderRecord } from '../../balancer/ports';
import { evidenceOf, type ErrorEvidence } from '../errors/error-evidence';
import { keptText } from '../json/kept-text';
import { aboutOf, applies, ERROR_RULES, type ErrorRule } from '../errors/error-rules';
import { resetTime } from '../errors/error-times';

/** An upstream's answer that is no success, or an error within one. */
export interface AnswerToRead {
  readonly status: number;
  readonly headers: HeaderRecord;
  /** Decoded text; as much of it as has been read. */
  readonly body: string;
  /** What was asked for; a failure that names it is the model's. */
  readonly model?: string | undefined;
}

/** What an answer says, and the status that it stands for: an error within a 200 has its own. */
export interface ReadAnswer {
  readonly status: number;
  readonly facts: Facts;
}

/**
 * Reads what an answer says by ERROR_RULES, and by its status where no rule applies. `now` in milliseconds since the
 * epoch. Total: whatever came, it speaks of exactly one subject. Never throws.
 */
export function readAnswer({ status, headers, body, model = '' }: AnswerToRead, now: number): ReadAnswer {
  const evidence = evidenceOf(status, body);
  const known = ERROR_RULES.find((one) => applies(one, evidence)) ?? byStatus(evidence.status);
  const rule = names(model, evidence) ? ofModel(known) : known;
  const { error } = evidence;
  const facts: Facts = {
    subject: rule.subject,
    rule: rule.name,
    code: kept(error?.code ?? error?.type, CODE_MAX),
    message: kept(error?.message, MESSAGE_MAX),
    until: HAS_END.has(rule.subject) ? resetTime(headers, evidence, now) : undefined,
    isWholeKey: rule.isWholeKey,
    mayDiffer: rule.mayDiffer,
    about: rule.subject === 'request' ? aboutOf(evidence) : undefined,
    isModelOnly: rule.isModelOnly,
  };
  return { status: evidence.status === 0 ? STANDS_FOR[rule.subject] : evidence.status, facts };
}

const CODE_MAX = 200;
const MESSAGE_MAX = 1_000;

/** Facts are remembered for long, and come from outside. */
function kept(text: string | undefined, max: number): string | undefined {
  return text === undefined || text === '' ? text : keptText(text, max);
}

const HAS_END: ReadonlySet<Subject> = new Set(['rate', 'money', 'provider']);

/** What an error within a 200 that names no status stands for. */
const STANDS_FOR: Readonly<Record<ErrorRule['subject'], number>> = {
  request: 400,
  egress: 403,
  key: 401,
  key_model: 404,
  money: 402,
  rate: 429,
  provider: 500,
  ambiguous: 403,
};

/** Statuses that are about the request, whatever the body says. */
const REQUEST_STATUSES: ReadonlySet<number> = new Set([
  400, 404, 405, 406, 409, 410, 411, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 431,
  451,
]);
const PROVIDER_STATUSES: ReadonlySet<number> = new Set([0, 408, 498, 499]);

const MODEL_LENGTH_MIN = 3;

function names(model: string, { text }: ErrorEvidence): boolean {
  return model.length >= MODEL_LENGTH_MIN && text.includes(model.toLowerCase());
}

/** A rejection or failure that names the model speaks of that model only. */
function ofModel(rule: ReturnType<typeof byStatus>): ReturnType<typeof byStatus> {
  if (rule.subject === 'ambiguous') return { ...rule, subject: 'key_model' };
  return rule.subject === 'provider' ? { ...rule, isModelOnly: true } : rule;
}

function byStatus(status: number): Pick<ErrorRule, 'name' | 'subject'> & Partial<ErrorRule> {
  return { name: `status ${status}`, subject: subjectOf(status) };
}

function subjectOf(status: number): ErrorRule['subject'] {
  if (status === 429) return 'rate';
  if (status >= 500 || PROVIDER_STATUSES.has(status)) return 'provider';
  if (status < 400 || REQUEST_STATUSES.has(status)) return 'request';
  return 'ambiguous';
}
