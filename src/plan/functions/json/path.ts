// SQL/JSON paths: `lax $.a.b[0]`. Without a mode a path is strict, as in Flink: what is not there is an error, which by
// default is NULL.
import { DataError } from '../../../types/errors.ts';
import { isArray, JsonNumber, type JsonObject, type JsonValue } from './document.ts';

export interface JsonPath {
  readonly mode: 'lax' | 'strict';
  /** Leads to one place at most: no wildcards, slices, lists, `..`. */
  readonly definite: boolean;
  readonly steps: readonly Step[];
}

type Step =
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'all' }
  | { readonly kind: 'deep'; readonly key: string | undefined };

const MODE = /^\s*(strict|lax)\s+(.+)$/is;
const STEP =
  /^(?:\.\.(?:(\*)|([^.[\]()*?]+))|\.\*|\[\*\]|\.([^.[\]()*?]+)|\[\s*((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:\s*,\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))*)\s*\]|\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]|\[\s*(-?\d+)?\s*:\s*(-?\d+)?\s*\])/;

const cache = new Map<string, JsonPath>();
const MAX_CACHED = 500;

/** @throws DataError for what is no path: `ON ERROR` says what comes of it, NULL by default */
export function parsePath(text: string): JsonPath {
  let path = cache.get(text);
  if (path === undefined) {
    path = readPath(text);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(text, path);
  }
  return path;
}

function readPath(text: string): JsonPath {
  const match = MODE.exec(text);
  const mode = match === null ? 'strict' : (match[1]!.toLowerCase() as 'lax' | 'strict');
  const given = (match?.[2] ?? text).trim();
  const spec = given.startsWith('$') ? given : `$.${given}`;
  const invalid = (what: string) =>
    new DataError(`Illegal jsonpath spec '${text}': ${what}`, {
      hint: "A path is like 'lax $.a.b[0]', '$[*].name' or '$[''a b'']'",
    });
  const steps: Step[] = [];
  for (let rest = spec.slice(1); rest !== ''; ) {
    const step = STEP.exec(rest);
    if (step === null) throw invalid(`cannot read '${rest}'`);
    steps.push(stepOf(step));
    rest = rest.slice(step[0].length);
  }
  const definite = steps.every(
    (s) => (s.kind === 'keys' && s.keys.length === 1) || (s.kind === 'indexes' && s.indexes.length === 1),
  );
  return { mode, definite, steps };
}

function stepOf(match: RegExpExecArray): Step {
  const [all, deepAll, deepKey, key, keys, indexes, from, to] = match;
  if (deepAll !== undefined) return { kind: 'deep', key: undefined };
  if (deepKey !== undefined) return { kind: 'deep', key: deepKey };
  if (key !== undefined) return { kind: 'keys', keys: [key] };
  if (keys !== undefined) {
    const list = keys.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g)!;
    return { kind: 'keys', keys: list.map((k) => k.slice(1, -1).replace(/\\(.)/g, '$1')) };
  }
  if (indexes !== undefined) return { kind: 'indexes', indexes: indexes.split(',').map(Number) };
  if (all === '.*' || all === '[*]') return { kind: 'all' };
  const number = (digits: string | undefined) => (digits === undefined ? undefined : Number(digits));
  return { kind: 'slice', from: number(from), to: number(to) };
}

function isObject(value: JsonValue): value is JsonObject {
  return value instanceof Map;
}

/** What a path found: nothing where it leads nowhere and the mode is lax. */
export type Found = JsonValue | undefined;

/** @throws DataError in strict mode, when the path leads nowhere */
export function evaluatePath(path: JsonPath, document: JsonValue): Found {
  if (!path.definite) return evaluateIndefinite(path, document);
  let value: JsonValue = document;
  for (const step of path.steps) {
    const next = one(step, value);
    if (next === undefined) {
      if (path.mode === 'lax') return undefined;
      throw new DataError('No results for the JSON path');
    }
    value = next;
  }
  return value;
}

function one(step: Step, value: JsonValue): JsonValue | undefined {
  if (step.kind === 'keys') return isObject(value) ? value.get(step.keys[0]!) : undefined;
  if (step.kind === 'indexes' && isArray(value)) return value.at(step.indexes[0]!);
  return undefined;
}

function evaluateIndefinite(path: JsonPath, document: JsonValue): Found {
  let values: JsonValue[] = [document];
  for (const step of path.steps) values = values.flatMap((v) => many(step, v));
  return values;
}

function many(step: Step, value: JsonValue): readonly JsonValue[] {
  switch (step.kind) {
    case 'keys':
      if (!isObject(value)) return [];
      return step.keys.flatMap((k) => (value.has(k) ? [value.get(k)!] : []));
    case 'indexes':
      if (!isArray(value)) return [];
      return step.indexes.flatMap((i) => (value.at(i) === undefined ? [] : [value.at(i)!]));
    case 'slice':
      return isArray(value) ? value.slice(step.from, step.to) : [];
    case 'all':
      return children(value);
    case 'deep':
      return deep(step.key, value);
  }
}

function children(value: JsonValue): readonly JsonValue[] {
  if (isArray(value)) return value;
  return isObject(value) ? [...value.values()] : [];
}

function deep(key: string | undefined, value: JsonValue): JsonValue[] {
  if (value === null || typeof value !== 'object' || value instanceof JsonNumber) return [];
  const own =
    key === undefined ? children(value) : isObject(value) && value.has(key) ? [value.get(key)!] : [];
  return [...own, ...children(value).flatMap((v) => deep(key, v))];
}
