import { SENT_AT, SENT_AT_LENGTH } from '../traffic';

const MARK = Buffer.from(SENT_AT);
const WHOLE = MARK.length + SENT_AT_LENGTH;
const FIRST = MARK[0] ?? 0;
const NOTHING = Buffer.alloc(0);

/** Finds when the events of a stream were sent, also where a piece of it ends within such a time. */
export class SentTimes {
  #rest = NOTHING;

  /** Milliseconds since 1970, one for each event that is whole with this piece. */
  in(piece: Buffer): number[] {
    const text = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const times: number[] = [];
    let end = 0;
    let at = text.indexOf(MARK);
    while (at !== -1 && at + WHOLE <= text.length) {
      end = at + WHOLE;
      times.push(Number.parseFloat(text.toString('latin1', at + MARK.length, end)));
      at = text.indexOf(MARK, end);
    }
    // The mark may be cut too.
    const cut = at === -1 ? text.indexOf(FIRST, Math.max(end, text.length - MARK.length + 1)) : at;
    this.#rest = cut === -1 ? NOTHING : Buffer.from(text.subarray(cut));
    return times;
  }
}
