'use client';
import { useState } from 'react';
import type { RoutesAnswer } from '@/lib/admin/contract/routes';
import { useUrlState } from '../shared/use-url-state';

const viewDefaults = {
  /** What is open: `edit`, of the route of that name, or `new`. */
  open: '',
  route: '',
};

/** Which route is open in the form, and how things stood then. */
interface OpenedRoute {
  /** Undefined for a new one. */
  readonly index: number | undefined;
  readonly revision: number;
}

/** What is open, as the address says. */
export function useOpenedRoute(answer: RoutesAnswer | undefined) {
  const [view, open] = useUrlState(viewDefaults, 'open', 'route');
  const asked = JSON.stringify(view);
  const [opened, setOpened] = useState<{ readonly asked: string; readonly route: OpenedRoute | undefined }>();
  if (answer !== undefined && opened?.asked !== asked) setOpened({ asked, route: routeOf(view, answer) });
  return { opened: opened?.asked === asked ? opened.route : undefined, open };
}

function routeOf(
  { open, route }: typeof viewDefaults,
  { items, revision }: RoutesAnswer,
): OpenedRoute | undefined {
  if (open === 'new') return { index: undefined, revision };
  const index = open === 'edit' ? items.findIndex(({ name }) => name === route) : -1;
  return index < 0 ? undefined : { index, revision };
}
