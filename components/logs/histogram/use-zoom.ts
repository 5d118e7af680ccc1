'use client';
import { useState } from 'react';
import type { LogView } from '../log-view';

type Times = Pick<LogView, 'since' | 'from' | 'to'>;

interface Step {
  readonly before: Times;
  readonly after: Times;
}

const timesOf = ({ since, from, to }: Times): Times => ({ since, from, to });
const nameOf = (times: Times) => JSON.stringify(timesOf(times));

/** Goes into a span of time, and back out of it. Whoever chooses another time otherwise has no way back. */
export function useZoom(view: LogView, onChange: (patch: Partial<LogView>) => void) {
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const last = steps.at(-1);
  const isThere = last !== undefined && nameOf(last.after) === nameOf(view);
  return {
    into: (after: Times) => {
      if (nameOf(after) === nameOf(view)) return;
      setSteps([...(isThere ? steps : []), { before: timesOf(view), after }]);
      onChange(after);
    },
    /** Undefined where there is none. */
    back: isThere
      ? () => {
          setSteps(steps.slice(0, -1));
          onChange(last.before);
        }
      : undefined,
  };
}
