// From the physical plan to what runs: readers, and chains of operators that push batches to the sinks. Sources that meet
// in a common sink or union form one pipeline; pipelines run independently of each other.
import type { Logger, RuntimeContext } from '../connector/runtime-context.ts';
import type { SourceReader } from '../connector/source.ts';
import type {
  CalcNode,
  JobPlan,
  LookupJoinNode,
  PhysicalNode,
  RootNode,
  SinkNode,
  TableSourceScan,
  ValuesNode,
} from '../plan/nodes.ts';
import { inputsOf, nodesOf } from '../plan/nodes.ts';
import { parallelismOf } from '../plan/parallelism.ts';
import type { EvalContext } from '../plan/rex.ts';
import type { Clock } from '../types/clock.ts';
import type { RowBatch } from '../types/row.ts';
import { summaryString } from '../types/schema.ts';
import type { MetricRegistry } from './metrics.ts';
import type { Operator, Output } from './operator.ts';
import { calcOperator, plainColumns } from './operators/calc.ts';
import { changelogNormalizeOperator } from './operators/changelog-normalize.ts';
import { collectOperator } from './operators/collect.ts';
import { constraintEnforcerOperator } from './operators/constraint-enforcer.ts';
import { deduplicateOperator } from './operators/deduplicate.ts';
import { dropUpdateBeforeOperator } from './operators/drop-update-before.ts';
import { groupAggregateOperator } from './operators/group-aggregate.ts';
import { limitOperator } from './operators/limit.ts';
import { LookupJoinOperator } from './operators/lookup-join.ts';
import { rankOperator } from './operators/rank.ts';
import { sinkOperator } from './operators/sink.ts';
import { sinkMaterializerOperator } from './operators/sink-materializer.ts';
import { valuesReader } from './operators/values.ts';
import type { ExchangeEnds, ExchangeHost } from './parallel/exchange-host.ts';
import { IDLE_OPERATOR, IDLE_READER } from './parallel/idle.ts';
import { ownStateOnly } from './parallel/own-state.ts';

/** What the topology needs of its host. */
export interface TopologyContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricRegistry;
  readonly timeZone: string;
  readonly stdout: (text: string) => void | Promise<void>;
  readonly stderr: (text: string) => void | Promise<void>;
  readonly collect: Output;
  readonly fail: (error: Error) => void;
  /** Absent: the job runs in one thread, and its plan has no exchanges. */
  readonly subtask?: TopologySubtask;
}

/** One of the threads that a job runs in. */
export interface TopologySubtask {
  readonly index: number;
  readonly exchanges: ExchangeHost;
}

export interface RunningSource {
  readonly name: string;
  readonly reader: SourceReader;
  readonly output: Output;
}

/** Sources that share operators, and those operators, inputs before what reads them. */
export interface Pipeline {
  /** 0, but behind an exchange one more than before it. */
  readonly stage: number;
  readonly sources: readonly RunningSource[];
  readonly operators: readonly Operator[];
}

export interface Topology {
  readonly sources: readonly RunningSource[];
  readonly operators: readonly Operator[];
  readonly pipelines: readonly Pipeline[];
  /** Equal for plans whose positions and state are interchangeable. */
  readonly fingerprint: string;
}

export function buildTopology(plan: JobPlan, context: TopologyContext): Topology {
  return new Builder(context).build(plan);
}

class Builder {
  readonly #context: TopologyContext;
  readonly #eval: EvalContext;
  readonly #sources: RunningSource[] = [];
  readonly #operators: Operator[] = [];
  readonly #labels: string[] = [];
  /** Readers of each node, in the order of the roots. */
  readonly #outputs = new Map<PhysicalNode, Output[]>();
  /** How many nodes read each node. */
  readonly #readers = new Map<PhysicalNode, number>();
  /** Columns that a join hands on because they are all that is read of it. */
  readonly #joinColumns = new Map<LookupJoinNode, readonly number[]>();
  readonly #islands = new Islands();
  #parallelism: (node: PhysicalNode | RootNode) => number = () => 1;
  #stages: ReadonlyMap<PhysicalNode | RootNode, number> = new Map();

  constructor(context: TopologyContext) {
    this.#context = context;
    this.#eval = {
      timeZone: context.timeZone,
      now: () => context.clock.now(),
      queryStart: context.clock.now(),
    };
  }

  build(plan: JobPlan): Topology {
    const nodes = nodesOf(plan.roots);
    this.#parallelism = parallelismOf(plan);
    this.#stages = stagesOf(nodes);
    for (const input of nodes.flatMap(inputsOf)) {
      this.#readers.set(input, (this.#readers.get(input) ?? 0) + 1);
    }
    for (const node of nodes) this.#add(node);
    return {
      sources: this.#sources,
      operators: this.#operators,
      // Sinks were added first; drains go with the data.
      pipelines: this.#islands.pipelines(this.#operators.toReversed(), this.#stages),
      fingerprint: this.#labels.join(' '),
    };
  }

  #add(node: PhysicalNode | RootNode): void {
    const output = fanOut(this.#outputs.get(node as PhysicalNode) ?? []);
    const firstOperator = this.#operators.length;
    if (node.kind === 'scan' || node.kind === 'values') {
      const source = this.#source(node, output);
      this.#islands.source(source, node);
      this.#sources.push(source);
      this.#labels.push(label(node));
      return;
    }
    const process = this.#connect(node, output);
    for (const operator of this.#operators.slice(firstOperator)) this.#islands.operator(operator, node);
    for (const input of inputsOf(node)) this.#link(node, input, process);
  }

  #link(node: PhysicalNode | RootNode, input: PhysicalNode, process: Output): void {
    let output = process;
    if (node.kind !== 'exchange') {
      // A pipeline is of one stage: what is read of an earlier one waits in between.
      if (this.#stages.get(node) === this.#stages.get(input)) this.#islands.join(node, input);
      else output = this.#exchange(node, input, process, this.#context.subtask!.exchanges.forward(input));
    }
    const readers = this.#outputs.get(input);
    if (readers === undefined) this.#outputs.set(input, [output]);
    else readers.push(output);
  }

  /** @returns the way into the exchange, at the end of the pipeline of `input` */
  #exchange(
    node: PhysicalNode | RootNode,
    input: PhysicalNode,
    output: Output,
    { sender, reader }: ExchangeEnds,
  ): Output {
    this.#islands.source({ name: 'Exchange', reader, output }, node);
    this.#islands.operator(sender, input);
    return (batch) => sender.process(batch);
  }

  /** Whether the node has no part in this thread: it is there, so that state has the same places everywhere, but does nothing. */
  #isIdle(node: PhysicalNode | RootNode): boolean {
    const { subtask } = this.#context;
    return subtask !== undefined && subtask.index >= this.#parallelism(node);
  }

  #source(node: TableSourceScan | ValuesNode, output: Output): RunningSource {
    if (this.#isIdle(node)) return { name: 'Idle', reader: IDLE_READER, output };
    if (node.kind === 'values') return { name: 'Values', reader: valuesReader(node.tuples), output };
    const name = `${node.table.object}[${this.#sources.length}]`;
    const context = this.#runtimeContext(`source.${node.table.object}`, node);
    const counter = context.metrics.counter('numRecordsIn');
    return {
      name,
      reader: node.source.createReader(node.projection, context),
      output: (batch) => {
        counter.value += batch.rows.length;
        return output(batch);
      },
    };
  }

  #connect(node: Exclude<PhysicalNode, TableSourceScan | ValuesNode> | RootNode, output: Output): Output {
    switch (node.kind) {
      case 'union':
        return output;
      case 'sink':
        return this.#sink(node);
      case 'collect':
        return this.#push(collectOperator(this.#context.collect), node, label(node));
      case 'calc':
        return this.#push(this.#calc(node, output), node, label(node));
      case 'lookupJoin': {
        if (this.#isIdle(node)) return this.#push(IDLE_OPERATOR, node, label(node));
        const context = this.#runtimeContext(`lookup.${node.table.object}`, node);
        const columns = this.#joinColumns.get(node) ?? null;
        return this.#push(
          new LookupJoinOperator(node, context, this.#eval, output, columns),
          node,
          label(node),
        );
      }
      case 'exchange': {
        const { exchanges } = this.#context.subtask!;
        const ends = exchanges.connect(node, this.#parallelism(node.input));
        return this.#exchange(node, node.input, output, ends);
      }
      case 'changelogNormalize':
        return this.#push(changelogNormalizeOperator(node, output), node, label(node));
      case 'dropUpdateBefore':
        return this.#push(dropUpdateBeforeOperator(output), node, label(node));
      case 'groupAggregate':
        return this.#push(groupAggregateOperator(node, output), node, label(node));
      case 'limit':
        return this.#push(limitOperator(node, output), node, label(node));
      case 'deduplicate':
        return this.#push(deduplicateOperator(node, output), node, label(node));
      case 'rank':
        return this.#push(rankOperator(node, output), node, label(node));
    }
  }

  /** Plain columns of a join are left to the join: it then makes no wider row first. */
  #calc(node: CalcNode, output: Output): Operator {
    const { input } = node;
    const columns = node.condition === null ? plainColumns(node) : null;
    if (columns === null || input.kind !== 'lookupJoin' || this.#readers.get(input) !== 1) {
      return calcOperator(node, this.#eval, output);
    }
    this.#joinColumns.set(input, columns);
    return { process: output };
  }

  #sink(node: SinkNode): Output {
    const writer = this.#isIdle(node)
      ? IDLE_OPERATOR
      : sinkOperator(
          node.sink.createWriter(node.target, this.#runtimeContext(`sink.${node.table.object}`, node)),
        );
    let output = this.#push(writer, node, label(node));
    const enforcer = constraintEnforcerOperator(node.enforcer, output);
    if (enforcer !== null) output = (batch) => enforcer.process(batch);
    if (node.upsertMaterialize !== null) {
      const materializer = sinkMaterializerOperator(node.upsertMaterialize, node.inputUpsertKey, output);
      output = this.#push(materializer, node, 'sinkMaterializer');
    }
    return output;
  }

  #push(operator: Operator, node: PhysicalNode | RootNode, name: string): Output {
    const here = this.#inSubtask(operator, node);
    this.#operators.push(here);
    this.#labels.push(name);
    return (batch) => here.process(batch);
  }

  #inSubtask(operator: Operator, node: PhysicalNode | RootNode): Operator {
    const { subtask } = this.#context;
    if (subtask === undefined) return operator;
    if (this.#isIdle(node)) return IDLE_OPERATOR;
    return ownStateOnly(operator, subtask.index, this.#parallelism(node));
  }

  #runtimeContext(group: string, node: PhysicalNode | RootNode): RuntimeContext {
    const { clock, logger, metrics, timeZone, stdout, stderr, fail, subtask } = this.#context;
    const context = { clock, logger, metrics: metrics.group(group), timeZone, stdout, stderr, fail };
    if (subtask === undefined) return context;
    return { ...context, subtask: { index: subtask.index, parallelism: this.#parallelism(node) } };
  }
}

/** A node is one stage behind the last exchange before it. */
function stagesOf(nodes: readonly (PhysicalNode | RootNode)[]): Map<PhysicalNode | RootNode, number> {
  const stages = new Map<PhysicalNode | RootNode, number>();
  for (const node of nodes.toReversed()) {
    const before = Math.max(0, ...inputsOf(node).map((input) => stages.get(input)!));
    stages.set(node, node.kind === 'exchange' ? before + 1 : before);
  }
  return stages;
}

function fanOut(outputs: readonly Output[]): Output {
  if (outputs.length === 1) return outputs[0]!;
  return (batch: RowBatch) => {
    const waits: Promise<void>[] = [];
    for (const output of outputs) {
      const wait = output(batch);
      if (wait instanceof Promise) waits.push(wait);
    }
    if (waits.length > 0) return Promise.all(waits).then(() => undefined);
  };
}

function label(node: PhysicalNode | RootNode): string {
  const columns = node.schema.fields.length;
  if (node.kind === 'scan' || node.kind === 'sink' || node.kind === 'lookupJoin') {
    return `${node.kind}(${summaryString(node.table)},${columns})`;
  }
  return `${node.kind}(${columns})`;
}

/** Which nodes hang together (union-find). */
class Islands {
  readonly #parent = new Map<object, object>();
  readonly #sources: [RunningSource, object][] = [];
  readonly #operators: [Operator, object][] = [];

  source(source: RunningSource, node: object): void {
    this.#sources.push([source, node]);
  }

  operator(operator: Operator, node: object): void {
    this.#operators.push([operator, node]);
  }

  join(a: object, b: object): void {
    this.#parent.set(this.#root(a), this.#root(b));
  }

  /** @param order of operators; those that are not in it come last */
  pipelines(order: readonly Operator[], stages: ReadonlyMap<object, number>): Pipeline[] {
    const ranks = new Map(order.map((operator, i) => [operator, i]));
    const rank = (operator: Operator) => ranks.get(operator) ?? order.length;
    const byRoot = new Map<object, { stage: number; sources: RunningSource[]; operators: Operator[] }>();
    const at = (node: object) => {
      const root = this.#root(node);
      let island = byRoot.get(root);
      if (island === undefined) {
        island = { stage: stages.get(node) ?? 0, sources: [], operators: [] };
        byRoot.set(root, island);
      }
      return island;
    };
    for (const [source, node] of this.#sources) at(node).sources.push(source);
    for (const [operator, node] of this.#operators) at(node).operators.push(operator);
    for (const island of byRoot.values()) island.operators.sort((a, b) => rank(a) - rank(b));
    return [...byRoot.values()];
  }

  #root(node: object): object {
    let root = node;
    for (let up = this.#parent.get(root); up !== undefined && up !== root; up = this.#parent.get(root)) {
      root = up;
    }
    return root;
  }
}
