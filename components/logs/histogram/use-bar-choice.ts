'use client';
import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { LogHistogramAnswer } from '@/lib/admin/contract/logs';
import { hasModifier } from '@/lib/client/shortcuts';
import { indexOfBar } from './histogram-content';

type Bars = Pick<LogHistogramAnswer, 'barMs' | 'bars'>;

/** By when the bars begin: they move on with the time. */
interface Choice {
  readonly by: 'hover' | 'drag' | 'keys';
  readonly anchorAt: number;
  readonly headAt: number;
}

const STEPS: Readonly<Record<string, (index: number, last: number) => number>> = {
  ArrowLeft: (index) => index - 1,
  ArrowRight: (index) => index + 1,
  ArrowDown: (index) => index - 1,
  ArrowUp: (index) => index + 1,
  PageDown: (index) => index - 10,
  PageUp: (index) => index + 10,
  Home: () => 0,
  End: (_, last) => last,
};

/** Which bars somebody points at or goes over, with the mouse, a finger or the keys, and what they choose. */
export function useBarChoice(answer: Bars | undefined, onChoose: (first: number, last: number) => void) {
  const [choice, setChoice] = useState<Choice>();
  const bars: Bars = answer ?? { barMs: 1, bars: [] };
  const last = bars.bars.length - 1;
  const indexAt = (at: number) => indexOfBar(bars, at);
  const range = rangeOf(choice, indexAt);
  const head = choice === undefined ? last : indexAt(choice.headAt);

  const move = (by: Choice['by'], index: number, isLonger: boolean) => {
    const headAt = bars.bars[Math.min(Math.max(0, index), last)]?.at;
    const from = choice?.anchorAt ?? bars.bars[head]?.at ?? headAt;
    if (headAt !== undefined) setChoice({ by, headAt, anchorAt: isLonger ? (from ?? headAt) : headAt });
  };
  const choose = () => {
    setChoice(undefined);
    if (last >= 0) onChoose(range?.first ?? head, range?.last ?? head);
  };
  const drop = () => setChoice(undefined);
  return {
    /** The bars that are pointed at; undefined while none is. */
    range,
    /** The bar that the keys are at. */
    head,
    handlers: {
      ...pointerHandlers({ isDragging: choice?.by === 'drag', count: last + 1, move, choose, drop }),
      onBlur: drop,
      onKeyDown: (event: KeyboardEvent) => {
        const step = STEPS[event.key];
        if (hasModifier(event) || last < 0) return;
        if (step !== undefined) move('keys', step(head, last), event.shiftKey);
        else if (event.key === 'Enter' || event.key === ' ') choose();
        else if (event.key === 'Escape' && choice !== undefined) drop();
        else return;
        event.preventDefault();
      },
    },
  };
}

interface Acts {
  readonly isDragging: boolean;
  readonly count: number;
  readonly move: (by: Choice['by'], index: number, isLonger: boolean) => void;
  readonly choose: () => void;
  readonly drop: () => void;
}

/** A press chooses a bar, a press that moves chooses several. */
function pointerHandlers({ isDragging, count, move, choose, drop }: Acts) {
  const indexUnder = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return Math.floor(((clientX - left) / width) * count);
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      move('drag', indexUnder(event), false);
    },
    onPointerMove: (event: PointerEvent) => {
      if (isDragging) move('drag', indexUnder(event), true);
      else if (event.pointerType === 'mouse') move('hover', indexUnder(event), false);
    },
    onPointerUp: () => isDragging && choose(),
    onPointerCancel: drop,
    onPointerLeave: () => !isDragging && drop(),
  };
}

function rangeOf(choice: Choice | undefined, indexAt: (at: number) => number) {
  if (choice === undefined) return undefined;
  const [a, b] = [indexAt(choice.anchorAt), indexAt(choice.headAt)];
  return { first: Math.min(a, b), last: Math.max(a, b) };
}
