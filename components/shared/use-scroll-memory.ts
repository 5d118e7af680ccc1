'use client';
import { usePathname } from 'next/navigation';
import { useEffect, useLayoutEffect, type RefObject } from 'react';
import { arrival } from '@/lib/client/arrival';

const PLACES_MAX = 100;
const places = new Map<string, number>();

function keepPlace(place: string, top: number): void {
  places.delete(place);
  places.set(place, top);
  const oldest = places.keys().next();
  if (places.size > PLACES_MAX && oldest.done !== true) places.delete(oldest.value);
}

/** Back and Forward find the list where it was left; a link leads to its top. `name` tells the list and its filter. */
export function useScrollMemory(scroller: RefObject<HTMLElement | null>, name: string): void {
  const path = usePathname();
  const place = `${path} ${name}`;
  useLayoutEffect(() => {
    const top = places.get(place);
    if (top !== undefined && arrival.isByHistory(path)) scroller.current?.scrollTo({ top });
    // Only as it comes: afterwards the list scrolls by itself.
  }, []);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const keep = () => keepPlace(place, element.scrollTop);
    element.addEventListener('scroll', keep, { passive: true });
    return () => element.removeEventListener('scroll', keep);
  }, [scroller, place]);
}
