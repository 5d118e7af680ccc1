/** What statistics call the way of an attempt that goes through no proxy. No id is like it. Browsers load it. */
export const DIRECT_PROXY = 'direct';
