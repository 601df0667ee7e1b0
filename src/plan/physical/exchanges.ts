// Puts exchanges into the plan of a job that runs in several threads: in front of operators whose state is kept by key, and in
// front of sinks that want the rows of a key in one place (FlinkRelDistribution, CommonExecSink).
import { TableError } from '../../types/errors.ts';
import { RowKind } from '../../types/row.ts';
import { summaryString } from '../../types/schema.ts';
import { type SessionConfig, SINK_KEYED_SHUFFLE } from '../config.ts';
import type {
  CalcNode,
  CollectNode,
  Distribution,
  ExchangeNode,
  PhysicalNode,
  RootNode,
  SinkNode,
  TableSourceScan,
  UnionNode,
} from '../nodes.ts';
import { scanParallelism } from '../parallelism.ts';

/** A node with exchanges below it, and where its rows are. */
interface Placed {
  readonly node: PhysicalNode;
  readonly parallelism: number;
  /** Rows that are equal in these columns are in one subtask, which the columns in this order name; null: they may be anywhere. */
  readonly keys: readonly number[] | null;
}

/** @throws TableError where a table's own parallelism cannot be had */
export function withExchanges(
  roots: readonly RootNode[],
  parallelism: number,
  config: SessionConfig,
): RootNode[] {
  return new Exchanges(parallelism, config.get(SINK_KEYED_SHUFFLE)).roots(roots);
}

class Exchanges {
  readonly #parallelism: number;
  readonly #keyedShuffle: 'NONE' | 'AUTO' | 'FORCE';
  readonly #placed = new Map<PhysicalNode, Placed>();
  /** What several nodes want of one node in the same way is exchanged once. */
  readonly #exchanged = new Map<string, Placed>();
  readonly #numbers = new Map<PhysicalNode, number>();

  constructor(parallelism: number, keyedShuffle: 'NONE' | 'AUTO' | 'FORCE') {
    this.#parallelism = parallelism;
    this.#keyedShuffle = keyedShuffle;
  }

  roots(roots: readonly RootNode[]): RootNode[] {
    return roots.map((root) => (root.kind === 'sink' ? this.#sink(root) : this.#collect(root)));
  }

  #of(node: PhysicalNode): Placed {
    let placed = this.#placed.get(node);
    if (placed === undefined) {
      placed = this.#place(node);
      this.#placed.set(node, placed);
    }
    return placed;
  }

  #place(node: PhysicalNode): Placed {
    switch (node.kind) {
      case 'values':
        return { node, parallelism: 1, keys: null };
      case 'scan':
        return this.#scan(node);
      case 'union':
        return this.#union(node);
      case 'calc': {
        const input = this.#of(node.input);
        return { ...input, node: { ...node, input: input.node }, keys: throughCalc(input.keys, node) };
      }
      case 'dropUpdateBefore':
      case 'lookupJoin': {
        // The columns of the input come first.
        const input = this.#of(node.input);
        return { ...input, node: { ...node, input: input.node } };
      }
      case 'changelogNormalize':
      case 'deduplicate':
        return this.#keyed(node, node.key, node.key);
      case 'rank':
        return this.#keyed(node, node.partition, node.partition);
      case 'groupAggregate':
        return this.#keyed(
          node,
          node.grouping,
          node.grouping.map((_, i) => i),
        );
      case 'limit':
        return this.#keyed(node, [], []);
      case 'exchange':
        throw new Error('The plan has exchanges already.');
    }
  }

  /** @param out the key's columns in what the node gives out */
  #keyed(
    node: Exclude<PhysicalNode, { kind: 'values' | 'scan' | 'union' | 'exchange' }>,
    key: readonly number[],
    out: readonly number[],
  ): Placed {
    const read = this.#of(node.input);
    if (key.length === 0 || read.parallelism === 1) {
      const input = this.#exchange(read, { kind: 'single' }, 1);
      return { node: { ...node, input: input.node }, parallelism: 1, keys: null };
    }
    const { node: input, parallelism } = this.#exchange(read, { kind: 'hash', keys: key }, this.#parallelism);
    return { node: { ...node, input }, parallelism, keys: out };
  }

  /** A table with a parallelism of its own: what comes behind it has the job's. */
  #scan(node: TableSourceScan): Placed {
    const placed: Placed = { node, parallelism: scanParallelism(node, this.#parallelism), keys: null };
    const { source } = node;
    if (source.parallelism === undefined || placed.parallelism === this.#parallelism) return placed;
    if (node.changelogMode.containsOnly(RowKind.INSERT)) {
      return this.#exchange(placed, { kind: 'rebalance' }, this.#parallelism);
    }
    const [key] = node.upsertKeys;
    if (key !== undefined) return this.#exchange(placed, { kind: 'hash', keys: key }, this.#parallelism);
    throw new TableError(
      `Table '${summaryString(node.table)}' has 'scan.parallelism' = ${source.parallelism}, but the job has 'parallelism.default' = ${this.#parallelism}: changes are dealt out by the primary key, and the table has none.`,
      { hint: "Declare a PRIMARY KEY, or leave 'scan.parallelism' out." },
    );
  }

  #union(node: UnionNode): Placed {
    const inputs = node.inputs.map((input) => this.#of(input));
    const [first] = inputs;
    const alike = inputs.every((i) => i.parallelism === first!.parallelism && isSame(i.keys, first!.keys));
    return {
      node: { ...node, inputs: inputs.map((i) => i.node) },
      parallelism: Math.max(...inputs.map((i) => i.parallelism)),
      keys: alike ? first!.keys : null,
    };
  }

  #collect(root: CollectNode): CollectNode {
    return { ...root, input: this.#of(root.input).node };
  }

  #sink(root: SinkNode): SinkNode {
    const input = this.#of(root.input);
    const parallelism = Math.min(root.sink.parallelism ?? input.parallelism, this.#parallelism);
    return { ...root, input: this.#inFrontOf(root, input, parallelism).node };
  }

  #inFrontOf(root: SinkNode, input: Placed, parallelism: number): Placed {
    const { primaryKey: keys, upsertMaterialize } = root;
    const differs = parallelism !== input.parallelism;
    const shuffled =
      keys.length > 0 &&
      parallelism > 1 &&
      (this.#keyedShuffle === 'FORCE' || (this.#keyedShuffle === 'AUTO' && differs));
    if (shuffled || upsertMaterialize !== null) {
      return this.#exchange(input, { kind: 'hash', keys }, parallelism);
    }
    if (!differs) return input;
    if (keys.length === 0 && !root.input.changelogMode.containsOnly(RowKind.INSERT)) {
      throw new TableError(
        `The sink for table '${summaryString(root.table)}' has a configured parallelism of ${parallelism}, while the input parallelism is ${input.parallelism}. Since the configured parallelism is different from the input's parallelism and the changelog mode is not insert-only, a primary key is required but could not be found.`,
      );
    }
    return this.#exchange(input, { kind: parallelism === 1 ? 'single' : 'rebalance' }, parallelism);
  }

  /** The rows of `input` where they are wanted. */
  #exchange(input: Placed, distribution: Distribution, parallelism: number): Placed {
    const isThere =
      input.parallelism === parallelism &&
      (parallelism === 1 || (distribution.kind === 'hash' && isSame(input.keys, distribution.keys)));
    if (isThere) return input;
    const id = `${this.#numberOf(input.node)} ${JSON.stringify(distribution)} ${parallelism}`;
    let exchanged = this.#exchanged.get(id);
    if (exchanged === undefined) {
      exchanged = {
        node: exchangeNode(input.node, distribution, parallelism),
        parallelism,
        keys: distribution.kind === 'hash' ? distribution.keys : null,
      };
      this.#exchanged.set(id, exchanged);
    }
    return exchanged;
  }

  #numberOf(node: PhysicalNode): number {
    let number = this.#numbers.get(node);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(node, number);
    }
    return number;
  }
}

function exchangeNode(input: PhysicalNode, distribution: Distribution, parallelism: number): ExchangeNode {
  const { schema, changelogMode } = input;
  // A key that does not hold the columns of the exchange has its changes in several subtasks.
  const upsertKeys =
    distribution.kind === 'hash'
      ? input.upsertKeys.filter((key) => distribution.keys.every((column) => key.includes(column)))
      : input.upsertKeys;
  return { kind: 'exchange', schema, changelogMode, upsertKeys, input, distribution, parallelism };
}

function throughCalc(keys: readonly number[] | null, { projections }: CalcNode): readonly number[] | null {
  if (keys === null) return null;
  const moved = keys.map((key) => projections.findIndex((p) => p.kind === 'input' && p.index === key));
  return moved.includes(-1) ? null : moved;
}

function isSame(a: readonly number[] | null, b: readonly number[] | null): boolean {
  if (a === null || b === null) return false;
  return a.length === b.length && a.every((column, i) => column === b[i]);
}
