/** The span that a request came from, as https://www.w3.org/TR/trace-context-1/ has it. */
export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

const PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/**
 * Undefined for what is missing or not valid: then a trace of its own begins. Later versions are read as far as this
 * one goes.
 */
export function parseTraceParent(header: string | undefined): TraceParent | undefined {
  const parts = header === undefined ? null : PARENT.exec(header.trim());
  if (parts === null) return undefined;
  const [, version = '', traceId = '', spanId = '', flags = '', more] = parts;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (isZero(traceId) || isZero(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

export function formatTraceParent({ traceId, spanId, isSampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

const isZero = (id: string): boolean => /^0+$/.test(id);

const STATE_MEMBERS_MAX = 32;
const STATE_LENGTH_MAX = 8192;
const STATE_MEMBER =
  /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** Whether a `tracestate` may be passed on with the trace that it came with. */
export function isTraceState(header: string): boolean {
  if (header.length > STATE_LENGTH_MAX) return false;
  const members = header.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''));
  const named = members.filter((member) => member !== '');
  return (
    named.length > 0 &&
    named.length <= STATE_MEMBERS_MAX &&
    named.every((member) => STATE_MEMBER.test(member))
  );
}
