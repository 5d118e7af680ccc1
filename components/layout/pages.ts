import {
  Boxes,
  ChartColumn,
  Gauge,
  KeyRound,
  MessagesSquare,
  Route,
  ScrollText,
  SlidersHorizontal,
  Waypoints,
  type LucideIcon,
} from 'lucide-react';

export type PageName =
  'overview' | 'explore' | 'keys' | 'providers' | 'models' | 'playground' | 'proxies' | 'logs' | 'settings';

export interface Page {
  readonly name: PageName;
  readonly href: string;
  readonly icon: LucideIcon;
}

/** The dashboard's pages in the order of the navigation. */
export const pages: readonly Page[] = [
  { name: 'overview', href: '/', icon: Gauge },
  { name: 'explore', href: '/explore', icon: ChartColumn },
  { name: 'keys', href: '/keys', icon: KeyRound },
  { name: 'providers', href: '/providers', icon: Boxes },
  { name: 'models', href: '/models', icon: Route },
  { name: 'playground', href: '/playground', icon: MessagesSquare },
  { name: 'proxies', href: '/proxies', icon: Waypoints },
  { name: 'logs', href: '/logs', icon: ScrollText },
  { name: 'settings', href: '/settings', icon: SlidersHorizontal },
];

export function pageAt(path: string): Page | undefined {
  return pages.find((page) => page.href === path);
}
