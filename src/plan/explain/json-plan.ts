// == Physical Execution Plan ==: the running operators as Flink's JSON graph.
import { type Distribution, inputsOf, type JobPlan, type PhysicalNode, type RootNode } from '../nodes.ts';
import { parallelismOf } from '../parallelism.ts';
import { describeEnforcer, describeNode } from './describe.ts';

interface JsonNode {
  readonly id: number;
  readonly type: string;
  readonly pact: 'Data Source' | 'Operator' | 'Data Sink';
  readonly contents: string;
  readonly parallelism: number;
  readonly predecessors?: readonly {
    readonly id: number;
    readonly ship_strategy: string;
    readonly side: string;
  }[];
}

/** What a node has as a predecessor. */
interface Edge {
  readonly id: number;
  readonly strategy: string;
}

const STRATEGIES: Readonly<Record<Distribution['kind'], string>> = {
  hash: 'HASH',
  single: 'GLOBAL',
  rebalance: 'REBALANCE',
};

export function executionJson(plan: JobPlan): string {
  const nodes: JsonNode[] = [];
  const edges = new Map<PhysicalNode | RootNode, readonly Edge[]>();
  const parallelism = parallelismOf(plan);
  const add = (
    node: PhysicalNode | RootNode,
    type: (id: number) => string,
    pact: JsonNode['pact'],
    contents: string,
    inputs: readonly Edge[],
  ): Edge => {
    const id = nodes.length + 1;
    const predecessors = inputs.map((i) => ({ id: i.id, ship_strategy: i.strategy, side: 'second' }));
    nodes.push({
      id,
      type: type(id),
      pact,
      contents: `[${id}]:${contents}`,
      parallelism: parallelism(node),
      ...(predecessors.length === 0 ? {} : { predecessors }),
    });
    return { id, strategy: 'FORWARD' };
  };
  /** What a reader of `node` has as predecessors; a union is nothing but its inputs, an exchange the way to them. */
  const visit = (node: PhysicalNode | RootNode): readonly Edge[] => {
    const known = edges.get(node);
    if (known !== undefined) return known;
    const inputs = inputsOf(node).flatMap(visit);
    const result = passed(node, inputs) ?? [one(node as OwnNode, inputs)];
    edges.set(node, result);
    return result;
  };
  const one = (node: OwnNode, inputs: readonly Edge[]): Edge => {
    const text = describeNode(node);
    if (node.kind === 'scan') {
      return add(node, (id) => `Source: ${node.table.object}[${id}]`, 'Data Source', text, inputs);
    }
    if (node.kind === 'values')
      return add(node, (id) => `Source: Values[${id}]`, 'Data Source', text, inputs);
    if (node.kind !== 'sink') return add(node, (id) => `${name(text)}[${id}]`, 'Operator', text, inputs);
    let last = inputs;
    if (node.upsertMaterialize !== null) {
      last = [add(node, (id) => `SinkMaterializer[${id}]`, 'Operator', 'SinkMaterializer', last)];
    }
    const enforcer = describeEnforcer(node.enforcer);
    if (enforcer !== null) {
      last = [add(node, (id) => `ConstraintEnforcer[${id}]`, 'Operator', enforcer, last)];
    }
    return add(node, (id) => `Sink: ${node.table.object}[${id}]`, 'Data Sink', text, last);
  };
  for (const root of plan.roots) visit(root);
  return print({ nodes });
}

type OwnNode = Exclude<PhysicalNode | RootNode, { kind: 'union' | 'collect' | 'exchange' }>;

/** The predecessors of who reads a node that is none itself. */
function passed(node: PhysicalNode | RootNode, inputs: readonly Edge[]): readonly Edge[] | null {
  if (node.kind === 'exchange') {
    const strategy = STRATEGIES[node.distribution.kind];
    return inputs.map(({ id }) => ({ id, strategy }));
  }
  return node.kind === 'union' || node.kind === 'collect' ? inputs : null;
}

function name(text: string): string {
  return /^\w+/.exec(text)?.[0] ?? text;
}

/** Jackson's layout: `"key" : value`, arrays of objects without line breaks between them. */
function print(value: unknown, indent = ''): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) return `[ ${value.map((v) => print(v, indent)).join(', ')} ]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([k, v]) => `${deeper}${JSON.stringify(k)} : ${print(v, deeper)}`,
  );
  return `{\n${entries.join(',\n')}\n${indent}}`;
}
