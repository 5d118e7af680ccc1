import { describe, expect, it } from 'vitest';
import { SentTimes } from '../../../bench/load/sent-times';
import { SENT_AT } from '../../../bench/traffic';

const [FIRST, SECOND] = [1_732_460_000_000.125, 1_732_460_000_050.25];
const TEXT = [FIRST, SECOND]
  .map((time) => `data: {"choices":[{"delta":{"content": " ${SENT_AT}${time.toFixed(3)}"}}]}\n\n`)
  .join('');

describe('the times at which events were sent', () => {
  it('are found in one piece', () => {
    expect(new SentTimes().in(Buffer.from(TEXT))).toEqual([FIRST, SECOND]);
  });

  it('are found once each, wherever the stream is cut', () => {
    for (let at = 0; at <= TEXT.length; at++) {
      const times = new SentTimes();
      const pieces = [TEXT.slice(0, at), TEXT.slice(at)];
      expect(pieces.flatMap((piece) => times.in(Buffer.from(piece)))).toEqual([FIRST, SECOND]);
    }
  });

  it('are found when each byte comes alone', () => {
    const times = new SentTimes();
    expect([...TEXT].flatMap((letter) => times.in(Buffer.from(letter)))).toEqual([FIRST, SECOND]);
  });
});
