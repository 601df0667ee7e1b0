// Optimized logical plan to physical nodes, with the changelog operators where Flink puts them.
import type { Field } from '../../types/schema.ts';
import { metadataColumns, physicalColumns, physicalSchema } from '../catalog/table.ts';
import { ASYNC_CAPACITY, ASYNC_OUTPUT_MODE, ASYNC_TIMEOUT, type SessionConfig } from '../config.ts';
import type { LookupJoinRel, RankRel, Rel, ScanRel } from '../logical.ts';
import type {
  AsyncLookup,
  CalcNode,
  DeduplicateNode,
  GroupAggregateNode,
  LookupJoinNode,
  PhysicalNode,
  RankNode,
  TableSourceScan,
} from '../nodes.ts';
import { inputRef } from '../rex-util.ts';
import { type JobScans, projectionOf } from './scans.ts';
import { deduplicationOf, modeOf, modifyOf, primaryKeyOf, upsertKeysOf } from './traits.ts';

export class PhysicalBuilder {
  readonly #scans: JobScans;
  readonly #config: SessionConfig;
  /** Scans with what follows them directly, by table and by whether -U is kept. */
  readonly #built = new Map<string, PhysicalNode>();

  constructor(scans: JobScans, config: SessionConfig) {
    this.#scans = scans;
    this.#config = config;
  }

  /** @param before whether updates must come with their -U */
  build(rel: Rel, before: boolean): PhysicalNode {
    switch (rel.kind) {
      case 'scan':
        return this.#scan(rel, before);
      case 'values':
        return {
          kind: 'values',
          ...this.#traits(rel, false),
          tuples: rel.tuples.map((t) => t.map((l) => l.value)),
        };
      case 'calc':
        return this.#calc(rel, before);
      case 'lookupJoin':
        return this.#lookupJoin(rel, before);
      case 'union':
        return {
          kind: 'union',
          ...this.#traits(rel, before),
          inputs: rel.inputs.map((r) => this.build(r, before)),
        };
      case 'aggregate':
        return this.#aggregate(rel, before);
      case 'limit': {
        const { offset, fetch } = rel;
        return {
          kind: 'limit',
          ...this.#traits(rel, before),
          input: this.build(rel.input, true),
          offset,
          fetch,
        };
      }
      case 'rank':
        return this.#rank(rel, before);
      default:
        throw new Error(`A ${rel.kind} is left in the optimized plan.`);
    }
  }

  #traits(rel: Rel, before: boolean) {
    return {
      schema: rel.schema,
      changelogMode: modeOf(modifyOf(rel, this.#scans), before),
      upsertKeys: upsertKeysOf(rel),
    };
  }

  #scan(rel: ScanRel, before: boolean): PhysicalNode {
    const shared = this.#scans.shared(rel);
    const node = this.#sharedScan({ ...rel, columns: shared.columns }, before);
    const places = rel.columns.map((c) => shared.columns.indexOf(c));
    if (places.length === shared.columns.length && places.every((p, i) => p === i)) return node;
    const { fields } = node.schema;
    return {
      kind: 'calc',
      ...this.#traits(rel, before),
      input: node,
      projections: places.map((p) => inputRef(p, fields[p]!.type)),
      condition: null,
    };
  }

  /** The table as it is read, made a changelog of the wanted form. */
  #sharedScan(rel: ScanRel, before: boolean): PhysicalNode {
    const id = `${this.#scans.key(rel)} ${before}`;
    let node = this.#built.get(id);
    if (node === undefined) {
      node = this.#changelog(rel, before);
      this.#built.set(id, node);
    }
    return node;
  }

  #changelog(rel: ScanRel, before: boolean): PhysicalNode {
    const scan = this.#tableScan(rel);
    const wide: ScanRel = { ...rel, schema: scan.schema };
    if (this.#scans.isNormalized(wide)) {
      const key = primaryKeyOf(wide)!;
      return { kind: 'changelogNormalize', ...this.#traits(wide, before), input: scan, key };
    }
    if (before || !modifyOf(wide, this.#scans).update) return scan;
    return { kind: 'dropUpdateBefore', ...this.#traits(wide, false), input: scan };
  }

  #tableScan(rel: ScanRel): TableSourceScan {
    const id = `${this.#scans.key(rel)} scan`;
    const known = this.#built.get(id);
    if (known !== undefined) return known as TableSourceScan;
    const { use, columns } = rel;
    const { source } = this.#scans.shared(rel);
    const schema = { fields: fieldsOf(rel) };
    const node: TableSourceScan = {
      kind: 'scan',
      schema,
      changelogMode: source.changelogMode,
      upsertKeys: upsertKeysOf({ ...rel, schema }),
      table: use.table.identifier,
      source,
      projection: projectionOf(use, columns),
      readsAll: isAll(columns, physicalColumns(use.table).length),
    };
    this.#built.set(id, node);
    return node;
  }

  #calc(rel: Extract<Rel, { kind: 'calc' }>, before: boolean): CalcNode {
    const input = this.build(rel.input, before);
    const { projections, condition } = rel;
    return { kind: 'calc', ...this.#traits(rel, before), input, projections, condition };
  }

  #aggregate(rel: Extract<Rel, { kind: 'aggregate' }>, before: boolean): GroupAggregateNode {
    return {
      kind: 'groupAggregate',
      ...this.#traits(rel, before),
      input: this.build(rel.input, true),
      grouping: rel.grouping,
      aggregates: rel.calls,
    };
  }

  #rank(rel: RankRel, before: boolean): DeduplicateNode | RankNode {
    const { partition, order, newestFirst, start, end, withNumber } = rel;
    const base = { ...this.#traits(rel, before), input: this.build(rel.input, true) };
    const keep = deduplicationOf(rel, this.#scans);
    return keep === null
      ? { ...base, kind: 'rank', partition, order, newestFirst, start, end, withNumber }
      : { ...base, kind: 'deduplicate', key: partition, keep };
  }

  #lookupJoin(rel: LookupJoinRel, before: boolean): LookupJoinNode {
    const input = this.build(rel.left, before);
    const { use, source, joinType, keys, condition, hint } = rel;
    return {
      kind: 'lookupJoin',
      ...this.#traits(rel, before),
      input,
      table: use.table.identifier,
      source,
      joinType,
      keys,
      dimension: { fields: physicalSchema(use.table).fields },
      condition,
      async: this.#asyncLookup(rel),
      retry: hint.retry ?? null,
    };
  }

  /** The hint decides before the table's option; the job's options fill in the rest. */
  #asyncLookup(rel: LookupJoinRel): AsyncLookup | null {
    const { hint, source } = rel;
    if (!(hint.async ?? source.async)) return null;
    const { update, delete: deletes } = modifyOf(rel.left, this.#scans);
    const wanted = hint.outputMode ?? this.#config.find(ASYNC_OUTPUT_MODE) ?? 'ALLOW_UNORDERED';
    return {
      outputMode: update || deletes ? 'ORDERED' : wanted,
      capacity: hint.capacity ?? this.#config.get(ASYNC_CAPACITY),
      timeoutMs: hint.timeoutMs ?? this.#config.get(ASYNC_TIMEOUT),
    };
  }
}

function isAll(columns: readonly number[], physical: number): boolean {
  return columns.length === physical && columns.every((c, i) => c === i);
}

/** The scanned columns under the table's own names. */
function fieldsOf({ use, columns }: ScanRel): Field[] {
  const all = [...physicalColumns(use.table), ...metadataColumns(use.table)];
  const physical = physicalSchema(use.table).fields;
  return columns.map((c) => ({ name: all[c]!.name, type: physical[c]?.type ?? all[c]!.type }));
}
