/**
 * Of a thread that reads YAML; a plain string, because a bundler would look for a file. It answers with JSON, which is
 * quick to read where it is waited for. Aliases make one thing many: what they all come to is measured before.
 */
export const YAML_THREAD = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { text, folders, depthMax, expandedMax } = workerData;
  const { boolYaml11Tag, load, NOT_RESOLVED, YAML11_SCHEMA, YAMLException } = require(require.resolve('js-yaml', { paths: folders }));

  // To Python y and n are letters.
  const resolve = (word) => (word.length === 1 ? NOT_RESOLVED : boolYaml11Tag.resolve(word));
  const schema = YAML11_SCHEMA.withTags({ ...boolYaml11Tag, resolve });
  const options = { schema, maxDepth: depthMax, maxTotalMergeKeys: 200000 };
  const known = new Map();
  const measure = (value) => {
    if (typeof value !== 'object' || value === null) return { size: String(value).length + 3, height: 0 };
    const before = known.get(value);
    if (before === 'open') throw new RangeError();
    if (before !== undefined) return before;
    known.set(value, 'open');
    const sum = { size: 2, height: 1 };
    for (const [key, item] of Object.entries(value)) {
      const { size, height } = measure(item);
      sum.size += size + (Array.isArray(value) ? 0 : key.length + 3);
      sum.height = Math.max(sum.height, height + 1);
      if (sum.size > expandedMax || sum.height > depthMax) throw new RangeError();
    }
    known.set(value, sum);
    return sum;
  };
  const read = () => {
    try {
      return { value: load(text, options) };
    } catch (error) {
      if (error.reason !== 'duplicated mapping key') throw error;
      return { value: load(text, { ...options, json: true }), lineOfTwin: error.mark.line + 1 };
    }
  };
  const answer = () => {
    try {
      const { value, lineOfTwin } = read();
      measure(value);
      return { json: JSON.stringify(value), lineOfTwin };
    } catch (error) {
      if (!(error instanceof YAMLException)) return { problem: 'too deep' };
      const { reason: problem, mark } = error;
      return mark ? { problem, line: mark.line + 1, column: mark.column + 1 } : { problem };
    }
  };
  parentPort.postMessage(answer());
`;
