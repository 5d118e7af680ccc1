import type { AdminContext } from '../context';

export function listInstances({ instances, liveTime }: AdminContext) {
  const { state, onMachine, selfId } = instances;
  const items = instances
    .list()
    .map(({ upMs, id, name, host, pid, version, inFlight, waiting, requestsPerMinute }) => ({
      ...{ id, name, host, pid, version, inFlight, waiting, requestsPerMinute },
      isThis: id === selfId,
      startedAt: Math.round(liveTime.wallOf(liveTime.now() - upMs)),
    }));
  return {
    sharing: onMachine ? ('workers' as const) : (state?.name ?? ('off' as const)),
    since: state === undefined ? null : Math.round(liveTime.wallOf(state.since)),
    reason: state?.name === 'local' ? state.reason : null,
    items,
  };
}
