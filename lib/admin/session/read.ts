import type { AdminContext } from '../context';

export function readSession({ caller, version, settings }: AdminContext) {
  return {
    by: caller.by,
    expiresAt: caller.expiresAt,
    version,
    timezone: settings.current.TIMEZONE,
  };
}
