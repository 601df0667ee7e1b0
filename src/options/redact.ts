// Secrets never appear: not in errors, EXPLAIN, SHOW CREATE TABLE, logs or metrics.

/** What stands in a secret's place (GlobalConfiguration.HIDDEN_CONTENT). */
export const HIDDEN = '******';

// GlobalConfiguration.SENSITIVE_KEYS, and the key material of Drey's own extensions.
const SENSITIVE = [
  'password',
  'secret',
  'fs.azure.account.key',
  'apikey',
  'api-key',
  'auth-params',
  'service-key',
  'token',
  'basic-auth',
  'jaas.config',
  'http-headers',
];

/** Whether an option's value must not be shown. */
export function isSensitive(key: string): boolean {
  const lower = key.toLowerCase();
  return SENSITIVE.some((s) => lower.includes(s));
}

/** The value as it may be shown. */
export function redact(key: string, value: string): string {
  return isSensitive(key) ? HIDDEN : value;
}

/** `'key'='value'` a line, sorted by key, single quotes doubled, secrets hidden: as Flink prints table options. */
export function printOptions(options: ReadonlyMap<string, string>, separator = '\n'): string {
  return [...options]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([k, v]) => `'${quote(k)}'='${quote(redact(k, v))}'`)
    .join(separator);
}

function quote(text: string): string {
  return text.replaceAll("'", "''");
}
