/** The models of a list in the shapes in use, `{"object":"list","data":[...]}` and a bare array; undefined for anything else. */
export function modelsOf(json: unknown): unknown[] | undefined {
  if (Array.isArray(json)) return json as unknown[];
  const data = json instanceof Object ? (json as { data?: unknown }).data : undefined;
  return Array.isArray(data) ? (data as unknown[]) : undefined;
}
