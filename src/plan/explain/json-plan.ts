// == Physical Execution Plan ==: the running operators as Flink's JSON graph.
import { inputsOf, type JobPlan, type PhysicalNode, type RootNode } from '../nodes.ts';
import { describeEnforcer, describeNode } from './describe.ts';

interface JsonNode {
  readonly id: number;
  readonly type: string;
  readonly pact: 'Data Source' | 'Operator' | 'Data Sink';
  readonly contents: string;
  readonly parallelism: 1;
  readonly predecessors?: readonly {
    readonly id: number;
    readonly ship_strategy: string;
    readonly side: string;
  }[];
}

export function executionJson(plan: JobPlan): string {
  const nodes: JsonNode[] = [];
  const ids = new Map<PhysicalNode | RootNode, number[]>();
  const add = (
    type: (id: number) => string,
    pact: JsonNode['pact'],
    contents: string,
    inputs: readonly number[],
  ): number => {
    const id = nodes.length + 1;
    const predecessors = inputs.map((i) => ({ id: i, ship_strategy: 'FORWARD', side: 'second' }));
    nodes.push({
      id,
      type: type(id),
      pact,
      contents: `[${id}]:${contents}`,
      parallelism: 1,
      ...(predecessors.length === 0 ? {} : { predecessors }),
    });
    return id;
  };
  /** Ids that a reader of `node` has as predecessors; a union is nothing but its inputs. */
  const visit = (node: PhysicalNode | RootNode): number[] => {
    const known = ids.get(node);
    if (known !== undefined) return known;
    const inputs = inputsOf(node).flatMap(visit);
    const result = node.kind === 'union' || node.kind === 'collect' ? inputs : [one(node, inputs)];
    ids.set(node, result);
    return result;
  };
  const one = (
    node: Exclude<PhysicalNode | RootNode, { kind: 'union' | 'collect' }>,
    inputs: number[],
  ): number => {
    const text = describeNode(node);
    if (node.kind === 'scan') {
      return add((id) => `Source: ${node.table.object}[${id}]`, 'Data Source', text, inputs);
    }
    if (node.kind === 'values') return add((id) => `Source: Values[${id}]`, 'Data Source', text, inputs);
    if (node.kind !== 'sink') return add((id) => `${name(text)}[${id}]`, 'Operator', text, inputs);
    let last = inputs;
    if (node.upsertMaterialize !== null) {
      last = [add((id) => `SinkMaterializer[${id}]`, 'Operator', 'SinkMaterializer', last)];
    }
    const enforcer = describeEnforcer(node.enforcer);
    if (enforcer !== null) last = [add((id) => `ConstraintEnforcer[${id}]`, 'Operator', enforcer, last)];
    return add((id) => `Sink: ${node.table.object}[${id}]`, 'Data Sink', text, last);
  };
  for (const root of plan.roots) visit(root);
  return print({ nodes });
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
