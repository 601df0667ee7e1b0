// Small tools over bound expressions: which columns they read, moving them between nodes, conjunctions.
import type { LogicalType } from '../types/logical-type.ts';
import type { Field } from '../types/schema.ts';
import { lookupFunction } from './functions/catalog.ts';
import type { InputRef, Literal, Rex } from './rex.ts';

export function inputRef(index: number, type: LogicalType): InputRef {
  return { kind: 'input', index, type };
}

export function literal(value: unknown, type: LogicalType): Literal {
  return { kind: 'literal', value, type };
}

/** One reference for each field: the identity projection. */
export function identityOf(fields: readonly Field[]): Rex[] {
  return fields.map((f, i) => inputRef(i, f.type));
}

/** The same expression with every column replaced. */
export function mapInputs(rex: Rex, replace: (ref: InputRef) => Rex): Rex {
  switch (rex.kind) {
    case 'input':
      return replace(rex);
    case 'literal':
      return rex;
    case 'field':
      return { ...rex, operand: mapInputs(rex.operand, replace) };
    case 'call':
      return { ...rex, operands: rex.operands.map((o) => mapInputs(o, replace)) };
  }
}

/** Columns moved: `at(i)` is the new place of column `i`. */
export function shiftInputs(rex: Rex, at: (index: number) => number): Rex {
  return mapInputs(rex, (ref) => ({ ...ref, index: at(ref.index) }));
}

/** Replaces columns by the expressions that compute them. */
export function substitute(rex: Rex, projections: readonly Rex[]): Rex {
  return mapInputs(rex, (ref) => projections[ref.index]!);
}

/** Adds the columns that `rex` reads to `into`. */
export function collectInputs(rex: Rex | null, into: Set<number>): Set<number> {
  if (rex === null) return into;
  if (rex.kind === 'input') into.add(rex.index);
  else if (rex.kind === 'field') collectInputs(rex.operand, into);
  else if (rex.kind === 'call') for (const o of rex.operands) collectInputs(o, into);
  return into;
}

export function inputsOfRex(rex: Rex): Set<number> {
  return collectInputs(rex, new Set());
}

/** How often each column is read. */
export function countInputs(rex: Rex, counts: Map<number, number>): void {
  if (rex.kind === 'input') counts.set(rex.index, (counts.get(rex.index) ?? 0) + 1);
  else if (rex.kind === 'field') countInputs(rex.operand, counts);
  else if (rex.kind === 'call') for (const o of rex.operands) countInputs(o, counts);
}

/** False when a call in it gives another result each time (UUID(), PROCTIME()). */
export function isDeterministic(rex: Rex): boolean {
  if (rex.kind === 'call') return rex.fn.deterministic !== false && rex.operands.every(isDeterministic);
  return rex.kind === 'field' ? isDeterministic(rex.operand) : true;
}

/** The parts of a conjunction. */
export function conjuncts(condition: Rex | null): Rex[] {
  if (condition === null) return [];
  if (condition.kind === 'literal' && condition.value === true) return [];
  if (condition.kind === 'call' && condition.fn.name === 'AND') return condition.operands.flatMap(conjuncts);
  return [condition];
}

/** Puts conditions together with AND; null when there are none. */
export function conjunction(parts: readonly Rex[]): Rex | null {
  return parts.reduce<Rex | null>((all, part) => (all === null ? part : and(all, part)), null);
}

function and(left: Rex, right: Rex): Rex {
  return callBuiltIn('AND', [left, right]);
}

/** A call of a built-in function or operator. */
export function callBuiltIn(name: string, operands: readonly Rex[]): Rex {
  const fn = lookupFunction(name);
  if (fn === undefined) throw new Error(`There is no function ${name}.`);
  return { kind: 'call', fn, ...fn.bind(operands) };
}

/** Equal in structure and types. */
export function sameRex(a: Rex, b: Rex): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case 'input':
      return b.kind === 'input' && a.index === b.index;
    case 'literal':
      return b.kind === 'literal' && sameValue(a.value, b.value) && sameType(a.type, b.type);
    case 'field':
      return b.kind === 'field' && a.index === b.index && sameRex(a.operand, b.operand);
    case 'call':
      return (
        b.kind === 'call' &&
        a.fn === b.fn &&
        a.operands.length === b.operands.length &&
        sameType(a.type, b.type) &&
        a.operands.every((o, i) => sameRex(o, b.operands[i]!))
      );
  }
}

export function sameType(a: LogicalType, b: LogicalType): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** `sameType`, whether nullable or not at the top. */
export function sameBaseType(a: LogicalType, b: LogicalType): boolean {
  return a.root === b.root && sameType({ ...a, nullable: true }, { ...b, nullable: true });
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return a.constructor === b.constructor && describe(a) === describe(b);
}

function describe(value: object): string {
  return JSON.stringify(value, (_, v: unknown) => {
    if (typeof v === 'bigint') return `${v}n`;
    return v instanceof Map ? [...v] : v;
  });
}

/** Whether it is the identity over `fields`. */
export function isIdentity(projections: readonly Rex[], width: number): boolean {
  return projections.length === width && projections.every((p, i) => p.kind === 'input' && p.index === i);
}

/** Names made unique as Calcite does: the second `a` is `a0`, the third `a1`; missing ones are `EXPR$<position>`. */
export function uniqueNames(names: readonly (string | null)[]): string[] {
  const used = new Set<string>();
  return names.map((given, position) => {
    let name = given ?? `EXPR$${position}`;
    for (let attempt = 0; used.has(name); attempt++) name = `${given ?? 'EXPR$'}${attempt}`;
    used.add(name);
    return name;
  });
}
