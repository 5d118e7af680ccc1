import { JSON_HEADERS, type Form } from './form';

const TYPES = { begin: 'incident.began', over: 'incident.ended', test: 'test' } as const;

/** The program's own form, for programs. */
export const jsonForm: Form = ({ url }, { id, at, state, incident, title, text }) => ({
  url,
  headers: JSON_HEADERS,
  body: JSON.stringify({
    id,
    type: TYPES[state],
    at,
    title,
    text,
    incident:
      incident === undefined
        ? null
        : { id: incident.key, rule: incident.rule, severity: incident.severity, since: incident.since },
  }),
});
