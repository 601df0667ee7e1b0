// The sink of an INSERT: what changes it takes, and what stands in front of it (FlinkChangelogModeInferenceProgram,
// StreamPhysicalSink).
import type { DynamicTableSink } from '../../connector/sink.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import { TableError, ValidationError } from '../../types/errors.ts';
import { typeToString } from '../../types/logical-type.ts';
import { RowKind } from '../../types/row.ts';
import { summaryString } from '../../types/schema.ts';
import { didYouMean } from '../bind/errors.ts';
import type { BoundInsert } from '../bind/insert.ts';
import { physicalSchema, plainType } from '../catalog/table.ts';
import {
  NOT_NULL_ENFORCER,
  type SessionConfig,
  TYPE_LENGTH_ENFORCER,
  UPSERT_MATERIALIZE,
} from '../config.ts';
import { describeNode } from '../explain/describe.ts';
import type { Rel } from '../logical.ts';
import type { ConstraintEnforcer, PhysicalNode, SinkNode } from '../nodes.ts';
import type { PhysicalBuilder } from './build.ts';
import type { JobScans } from './scans.ts';
import { type Modify, mayDropUpdateBefore, modeOf, modifyOf, upsertKeysOf } from './traits.ts';

export interface SinkContext {
  readonly builder: PhysicalBuilder;
  readonly scans: JobScans;
  readonly config: SessionConfig;
}

/**
 * @param rel the optimized query of the INSERT
 * @param names names of the query's columns
 */
export function buildSink(
  insert: BoundInsert,
  rel: Rel,
  names: readonly string[],
  sink: DynamicTableSink,
  { builder, scans, config }: SinkContext,
): SinkNode {
  const { table } = insert.use;
  checkMetadata(insert, sink);
  const modify = modifyOf(rel, scans);
  const requested = modeOf(modify, true);
  const accepted = sink.changelogMode(requested);
  const primaryKey = physicalSchema(table).primaryKey;
  const inputKeys = upsertKeysOf(rel);
  const before = needsUpdateBefore(accepted, modify, primaryKey, inputKeys, rel, scans);
  const input = builder.build(rel, before);
  checkAccepted(summaryString(table.identifier), accepted, modify, input, insert);
  const materialize = isMaterialized(config, accepted, requested, primaryKey, inputKeys);
  return {
    kind: 'sink',
    schema: { fields: input.schema.fields.map((f, i) => ({ name: names[i]!, type: f.type })) },
    changelogMode: materialize ? ChangelogMode.upsert : input.changelogMode,
    upsertKeys: materialize ? [primaryKey] : input.upsertKeys,
    input,
    table: table.identifier,
    sink,
    target: {
      targetColumns: insert.targetColumns,
      metadata: insert.metadata.map((c) => ({ key: c.key ?? c.name, type: plainType(c.type) })),
    },
    primaryKey,
    enforcer: enforcerOf(insert, config),
    upsertMaterialize: materialize ? primaryKey : null,
    inputUpsertKey: smallest(inputKeys),
  };
}

/** An upsert sink does without -U where its key is the changelog's own. */
function needsUpdateBefore(
  accepted: ChangelogMode,
  modify: Modify,
  primaryKey: readonly number[],
  inputKeys: readonly (readonly number[])[],
  rel: Rel,
  scans: JobScans,
): boolean {
  if (!modify.update) return true;
  if (accepted.contains(RowKind.UPDATE_BEFORE)) return true;
  if (primaryKey.length > 0 && !inputKeys.some((k) => isSameSet(k, primaryKey))) return true;
  return !mayDropUpdateBefore(rel, scans);
}

function isMaterialized(
  config: SessionConfig,
  accepted: ChangelogMode,
  requested: ChangelogMode,
  primaryKey: readonly number[],
  inputKeys: readonly (readonly number[])[],
): boolean {
  const setting = config.get(UPSERT_MATERIALIZE);
  if (setting === 'NONE' || primaryKey.length === 0) return false;
  if (setting === 'FORCE') return true;
  if (accepted.containsOnly(RowKind.INSERT) || requested.containsOnly(RowKind.INSERT)) return false;
  return !inputKeys.some((key) => key.every((k) => primaryKey.includes(k)));
}

function isSameSet(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((x) => b.includes(x));
}

function smallest(keys: readonly (readonly number[])[]): readonly number[] | null {
  return keys.reduce<readonly number[] | null>(
    (best, key) => (best === null || key.length < best.length ? key : best),
    null,
  );
}

function checkAccepted(
  table: string,
  accepted: ChangelogMode,
  modify: Modify,
  input: PhysicalNode,
  insert: BoundInsert,
): void {
  const refused = [
    ...(modify.update && !accepted.contains(RowKind.UPDATE_AFTER) ? ['update'] : []),
    ...(modify.delete && !accepted.contains(RowKind.DELETE) ? ['delete'] : []),
  ];
  if (refused.length === 0) return;
  throw new TableError(
    `Table sink '${table}' doesn't support consuming ${refused.join(' and ')} changes which is produced by node ${describeNode(producerOf(input))}`,
    { span: insert.use.span },
  );
}

/** The node that makes the changes: what only hands them on is passed over. */
function producerOf(node: PhysicalNode): PhysicalNode {
  switch (node.kind) {
    case 'calc':
    case 'lookupJoin':
    case 'dropUpdateBefore':
      return producerOf(node.input);
    case 'union': {
      const changing = node.inputs.find((n) => !n.changelogMode.containsOnly(RowKind.INSERT));
      return producerOf(changing ?? node.inputs[0]!);
    }
    default:
      return node;
  }
}

function checkMetadata(insert: BoundInsert, sink: DynamicTableSink): void {
  const name = summaryString(insert.use.table.identifier);
  for (const column of insert.metadata) {
    const key = column.key ?? column.name;
    if (sink.writableMetadata.has(key)) continue;
    const known = [...sink.writableMetadata.keys()];
    throw new ValidationError(
      `Invalid metadata key '${key}' in column '${column.name}' of table '${name}' (${typeToString(column.type)}). The DynamicTableSink supports the following metadata keys for writing:\n${known.join('\n')}\n\nIn order to read a metadata column only, declare it as VIRTUAL.`,
      { span: insert.use.span, ...didYouMean(key, known) },
    );
  }
}

function enforcerOf(insert: BoundInsert, config: SessionConfig): ConstraintEnforcer {
  const { fields } = physicalSchema(insert.use.table);
  return {
    notNull: fields.flatMap(({ name, type }, index) => (type.nullable ? [] : [{ index, name }])),
    onNull: config.get(NOT_NULL_ENFORCER),
    lengths: fields.flatMap(({ name, type }, index): ConstraintEnforcer['lengths'] => {
      switch (type.root) {
        case 'CHAR':
        case 'BINARY':
          return [{ index, name, length: type.length, pad: true }];
        case 'VARCHAR':
        case 'VARBINARY':
          return type.length === 2147483647 ? [] : [{ index, name, length: type.length, pad: false }];
        default:
          return [];
      }
    }),
    onLength: config.get(TYPE_LENGTH_ENFORCER),
  };
}
