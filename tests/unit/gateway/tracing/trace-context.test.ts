import { describe, expect, it } from 'vitest';
import {
  formatTraceParent,
  isTraceState,
  parseTraceParent,
} from '../../../../lib/gateway/tracing/trace-context';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('traceparent', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-03`, true],
    [`  00-${TRACE}-${SPAN}-01 `, true],
    [`cc-${TRACE}-${SPAN}-01`, true],
    [`cc-${TRACE}-${SPAN}-00-what.the.future.will.be.like`, false],
  ])('%s is continued', (header, isSampled) => {
    expect(parseTraceParent(header)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled });
  });

  it.each([
    undefined,
    '',
    'nonsense',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01.`,
    `cc-${TRACE}-${SPAN}-01.more`,
    `00-${TRACE}-${SPAN}-1`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}g-01`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  ])('%s is not', (header) => {
    expect(parseTraceParent(header)).toBeUndefined();
  });

  it('is written as it is read', () => {
    for (const flags of ['00', '01']) {
      const header = `00-${TRACE}-${SPAN}-${flags}`;
      expect(formatTraceParent(parseTraceParent(header)!)).toBe(header);
    }
  });
});

describe('tracestate', () => {
  it.each([
    'rojo=00f067aa0ba902b7',
    'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
    'a=1 , ,\tb=2',
    '4f529a3039@dt=FfAAAA',
    Array.from({ length: 32 }, (_, i) => `v${i}=x`).join(','),
  ])('may be %s', (header) => {
    expect(isTraceState(header)).toBe(true);
  });

  it.each([
    '',
    ',',
    'no-value',
    'Upper=1',
    '=1',
    'a=b=c',
    'a=\u00e9',
    `a=${'x'.repeat(257)}`,
    `${'a'.repeat(257)}=x`,
    Array.from({ length: 33 }, (_, i) => `v${i}=x`).join(','),
    `a=1,${' '.repeat(9000)}`,
  ])('may not be %s', (header) => {
    expect(isTraceState(header)).toBe(false);
  });
});
