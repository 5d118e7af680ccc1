const PLACEHOLDER = /\{\{(key|now|nowms|http|iso|local8)(?:\+(\d+))?\}\}/g;
const EIGHT_HOURS_MS = 8 * 3_600_000;

/**
 * Fills in `{{key}}` and the times N seconds ahead: `{{now+N}}`, `{{nowms+N}}`, `{{http+N}}`, `{{iso+N}}`,
 * `{{local8+N}}`.
 */
export function filledIn(text: string, secret: string, nowMs: number): string {
  return text.replace(PLACEHOLDER, (_, name: string, seconds = '0') => {
    if (name === 'key') return secret;
    return timeAs(name, nowMs + Number(seconds) * 1000);
  });
}

function timeAs(form: string, atMs: number): string {
  switch (form) {
    case 'now':
      return String(Math.round(atMs / 1000));
    case 'nowms':
      return String(atMs);
    case 'http':
      return new Date(atMs).toUTCString();
    case 'iso':
      return new Date(atMs).toISOString();
    default:
      return new Date(atMs + EIGHT_HOURS_MS).toISOString().slice(0, 19).replace('T', ' ');
  }
}
