// Secrets never appear: not in errors, EXPLAIN, SHOW CREATE TABLE, logs or metrics.

/** What stands in a secret's place (GlobalConfiguration.HIDDEN_CONTENT). */
export const HIDDEN = '******';

// GlobalConfiguration.SENSITIVE_KEYS; then who logs in, and what a misspelt password looks like: it is shown nowhere either.
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
  'username',
  'passw',
  'pasw',
  'ssword',
  'passphrase',
  'pwd',
  'credential',
];

/** `user:password@`, with or without `redis://` before it. */
const LOGIN_OF_ADDRESS = /[^\s,;/'"]*:[^\s'"]*@/g;

/** Whether an option's value must not be shown. */
export function isSensitive(key: string): boolean {
  const lower = key.toLowerCase();
  return SENSITIVE.some((s) => lower.includes(s));
}

/** The value as it may be shown: addresses without their user and password. */
export function redact(key: string, value: string): string {
  return isSensitive(key) ? HIDDEN : withoutLogin(value);
}

/** A text in which addresses may stand. */
export function withoutLogin(text: string): string {
  return text.includes('@') ? text.replace(LOGIN_OF_ADDRESS, `${HIDDEN}@`) : text;
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
