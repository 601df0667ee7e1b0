// Columns that nobody reads are not read: from the roots down, every node keeps what is asked of it.

import { physicalColumns } from '../catalog/table.ts';
import { calc, type LookupJoinRel, namesOf, type RankRel, type Rel } from '../logical.ts';
import { collectInputs, inputRef, shiftInputs, uniqueNames } from '../rex-util.ts';

/** The same rows and columns, read from narrower inputs. */
export function pruneColumns(rel: Rel): Rel {
  const all = rel.schema.fields.map((_, i) => i);
  return withColumns(prune(rel, new Set(all)), all, namesOf(rel));
}

/** A node that has (at least) the asked columns; `at` says where. */
interface Pruned {
  readonly rel: Rel;
  readonly at: ReadonlyMap<number, number>;
}

/** Exactly the columns `wanted`, in that order. */
function withColumns({ rel, at }: Pruned, wanted: readonly number[], names: readonly string[]): Rel {
  const places = wanted.map((i) => at.get(i)!);
  const { fields } = rel.schema;
  if (places.length === fields.length && places.every((p, i) => p === i)) return renamed(rel, names);
  return calc(
    rel,
    places.map((p) => inputRef(p, fields[p]!.type)),
    null,
    names,
  );
}

function renamed(rel: Rel, names: readonly string[]): Rel {
  return { ...rel, schema: { fields: rel.schema.fields.map((f, i) => ({ ...f, name: names[i]! })) } };
}

function positions(kept: readonly number[]): Map<number, number> {
  return new Map(kept.map((old, i) => [old, i]));
}

function prune(rel: Rel, needed: ReadonlySet<number>): Pruned {
  const kept = [...needed].sort((a, b) => a - b);
  const at = positions(kept);
  const { fields } = rel.schema;
  const schema = { fields: kept.map((i) => fields[i]!) };
  switch (rel.kind) {
    case 'scan':
      return { rel: { ...rel, columns: kept.map((i) => rel.columns[i]!), schema }, at };
    case 'values': {
      // A row is something, even when none of its columns is read.
      const held = kept.length === 0 ? [0] : kept;
      const tuples = rel.tuples.map((t) => held.map((i) => t[i]!));
      return {
        rel: { ...rel, tuples, schema: { fields: held.map((i) => fields[i]!) } },
        at: positions(held),
      };
    }
    case 'calc': {
      const projections = kept.map((i) => rel.projections[i]!);
      const read = new Set<number>();
      for (const p of projections) collectInputs(p, read);
      collectInputs(rel.condition, read);
      const input = prune(rel.input, read);
      const move = (i: number) => input.at.get(i)!;
      const out = calc(
        input.rel,
        projections.map((p) => shiftInputs(p, move)),
        rel.condition === null ? null : shiftInputs(rel.condition, move),
        schema.fields.map((f) => f.name),
      );
      return { rel: { ...out, schema }, at };
    }
    case 'lookupJoin':
      return pruneLookup(rel, needed);
    case 'union': {
      const names = schema.fields.map((f) => f.name);
      const inputs = rel.inputs.map((r) => withColumns(prune(r, needed), kept, names));
      return { rel: { ...rel, inputs, schema }, at };
    }
    case 'aggregate':
      return pruneAggregate(rel, needed);
    case 'rank':
      return pruneRank(rel, needed);
    case 'limit': {
      const input = prune(rel.input, needed);
      return { rel: { ...rel, input: input.rel, schema: input.rel.schema }, at: input.at };
    }
    default:
      throw new Error(`A ${rel.kind} is left in the plan when its columns are pruned.`);
  }
}

/** The stream's side is narrowed; the dimension's rows come whole. */
function pruneLookup(rel: LookupJoinRel, needed: ReadonlySet<number>): Pruned {
  const width = rel.left.schema.fields.length;
  const read = new Set([...needed].filter((i) => i < width));
  for (const i of collectInputs(rel.condition, new Set())) if (i < width) read.add(i);
  for (const key of rel.keys) collectInputs(key.value, read);
  const left = prune(rel.left, read);
  const leftFields = left.rel.schema.fields;
  const right = physicalColumns(rel.use.table).length;
  const at = new Map(left.at);
  for (let i = 0; i < right; i++) at.set(width + i, leftFields.length + i);
  const move = (i: number) => at.get(i)!;
  const fields = [...leftFields, ...rel.schema.fields.slice(width)];
  for (const [old, now] of left.at) fields[now] = rel.schema.fields[old]!;
  // Names that had to differ from a column that is gone are the table's own again.
  const names = uniqueNames([...namesOf(left.rel), ...physicalColumns(rel.use.table).map((c) => c.name)]);
  return {
    rel: {
      ...rel,
      left: left.rel,
      keys: rel.keys.map((k) => ({
        ...k,
        value: k.value.kind === 'input' ? inputRef(move(k.value.index), k.value.type) : k.value,
      })),
      condition: rel.condition === null ? null : shiftInputs(rel.condition, move),
      schema: { fields: fields.map((f, i) => ({ name: names[i]!, type: f.type })) },
    },
    at,
  };
}

/** Keys stay, for they make the groups; results that nobody reads go. */
function pruneAggregate(rel: Extract<Rel, { kind: 'aggregate' }>, needed: ReadonlySet<number>): Pruned {
  const keys = rel.grouping.length;
  const kept = rel.calls.flatMap((_, i) => (needed.has(keys + i) ? [i] : []));
  const read = new Set<number>(rel.grouping);
  for (const i of kept) {
    const call = rel.calls[i]!;
    for (const arg of call.args) read.add(arg);
    if (call.filter !== null) read.add(call.filter);
  }
  const input = prune(rel.input, read);
  const move = (i: number) => input.at.get(i)!;
  const at = new Map<number, number>(rel.grouping.map((_, i) => [i, i]));
  for (const [now, i] of kept.entries()) at.set(keys + i, keys + now);
  const fields = [...rel.schema.fields.slice(0, keys), ...kept.map((i) => rel.schema.fields[keys + i]!)];
  return {
    rel: {
      ...rel,
      input: input.rel,
      grouping: rel.grouping.map(move),
      calls: kept.map((i) => {
        const call = rel.calls[i]!;
        return {
          ...call,
          args: call.args.map(move),
          filter: call.filter === null ? null : move(call.filter),
        };
      }),
      schema: { fields },
    },
    at,
  };
}

/** What rows are ranked by is read; their number is made where it is asked for. */
function pruneRank(rel: RankRel, needed: ReadonlySet<number>): Pruned {
  const number = rel.input.schema.fields.length;
  const read = new Set([...needed].filter((i) => i < number));
  for (const i of rel.partition) read.add(i);
  for (const { column } of rel.order) read.add(column);
  const input = prune(rel.input, read);
  const move = (i: number) => input.at.get(i)!;
  const withNumber = rel.withNumber && needed.has(number);
  const { fields } = input.rel.schema;
  const at = new Map([...input.at, ...(withNumber ? [[number, fields.length] as const] : [])]);
  return {
    rel: {
      ...rel,
      input: input.rel,
      partition: rel.partition.map(move),
      order: rel.order.map((key) => ({ ...key, column: move(key.column) })),
      withNumber,
      schema: { fields: [...fields, ...(withNumber ? [rel.schema.fields[number]!] : [])] },
    },
    at,
  };
}
