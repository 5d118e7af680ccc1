/** Of whom or what an upstream's answer speaks. */
export type Subject =
  /** It is an answer, with content. */
  | 'answer'
  /** The client's request: its prompt, length, parameters or rights. Any other key would be told the same. */
  | 'request'
  /** The address that the request came from: a firewall's or a region's page. */
  | 'egress'
  /** The key as a whole: revoked, invalid, expired, suspended. */
  | 'key'
  /** The key may not use this model, while another may. */
  | 'key_model'
  /** The account is out of credit or quota. */
  | 'money'
  /** A limit on the pace that time heals. */
  | 'rate'
  /** The provider fails. */
  | 'provider'
  /** A rejection that could be the key's or the request's. */
  | 'ambiguous';

/** What an upstream's answer says, read from all of it and not from its status alone. */
export interface Facts {
  readonly subject: Subject;
  /** The rule that decided, for the log and for whoever extends the rules. */
  readonly rule: string;
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** When what it speaks of is over, as far as the answer says; milliseconds since the epoch. */
  readonly until?: number | undefined;
  /** Of a `rate`: the limit is the whole key's and not one model's. */
  readonly isWholeKey?: boolean | undefined;
  /** Of a `request`: a key with other rights or more credit could answer it. */
  readonly mayDiffer?: boolean | undefined;
  /** Of a `request`: it is too long, or its prompt is not allowed; a model with more room or other rules could answer. */
  readonly about?: 'context_length' | 'content_policy' | undefined;
  /** Of a `provider`: only the model asked for is in trouble. */
  readonly isModelOnly?: boolean | undefined;
}

export const ANSWER: Facts = { subject: 'answer', rule: 'answer', code: undefined, message: undefined };
