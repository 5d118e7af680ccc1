import type { AdminContext } from '../context';

export function readSession({ caller, version, settings }: AdminContext) {
  return {
    by: caller.by,
    role: caller.role,
    name: caller.name,
    expiresAt: caller.expiresAt,
    version,
    timezone: settings.current.TIMEZONE,
  };
}
