// EXPLAIN: the sections of a plan as text.
import type { ExplainDetail } from '../../sql/ast.ts';
import { inputsOf, type JobPlan, type PhysicalNode, type RootNode } from '../nodes.ts';
import { changelogText, describeNode } from './describe.ts';
import { executionJson } from './json-plan.ts';
import { printTree, type TextTree } from './tree.ts';

/**
 * @param logical the statements' logical plans, printed
 * @returns text that ends with a newline, as Flink's
 */
export function explainPlan(
  logical: readonly string[],
  plan: JobPlan,
  details: readonly ExplainDetail[],
): string {
  const advice = details.includes('PLAN_ADVICE');
  const physical = printRoots(plan.roots, {
    withTypes: true,
    changelog: details.includes('CHANGELOG_MODE'),
  });
  const sections = [
    `== Abstract Syntax Tree ==\n${logical.join('\n')}`,
    `== Optimized Physical Plan${advice ? ' With Advice' : ''} ==\n${physical}${advice ? `\n${adviceText(plan)}` : ''}`,
    `== Optimized Execution Plan ==\n${printRoots(plan.roots, { withTypes: false, changelog: false })}`,
  ];
  if (details.includes('JSON_EXECUTION_PLAN')) {
    sections.push(`== Physical Execution Plan ==\n${executionJson(plan)}`);
  }
  return sections.join('\n');
}

function adviceText(plan: JobPlan): string {
  if (plan.warnings.length === 0) return 'No available advice...\n';
  return plan.warnings.map((w, i) => `advice[${i + 1}]: [WARNING] ${w}\n`).join('');
}

interface PrintOptions {
  readonly withTypes: boolean;
  readonly changelog: boolean;
}

/** Nodes that are read twice are printed once, and referred to afterwards. */
function printRoots(roots: readonly RootNode[], options: PrintOptions): string {
  const reused = sharedNodes(roots);
  const printed = new Set<PhysicalNode>();
  const tree = (node: PhysicalNode | RootNode): TextTree => {
    if (node.kind === 'collect') return tree(node.input);
    const id = reused.get(node as PhysicalNode);
    if (id !== undefined && printed.has(node as PhysicalNode)) {
      return { text: `Reused(reference_id=[${id}])`, children: [] };
    }
    printed.add(node as PhysicalNode);
    let text = describeNode(node, { withTypes: options.withTypes });
    if (options.changelog) text = withItem(text, `changelogMode=[${changelogText(node)}]`);
    if (id !== undefined) text += `(reuse_id=[${id}])`;
    return { text, children: inputsOf(node).map(tree) };
  };
  return roots.map((root) => printTree(tree(root))).join('\n');
}

function withItem(text: string, item: string): string {
  return text.endsWith(')') ? `${text.slice(0, -1)}, ${item})` : `${text}(${item})`;
}

function sharedNodes(roots: readonly RootNode[]): Map<PhysicalNode, number> {
  const readers = new Map<PhysicalNode, number>();
  const order: PhysicalNode[] = [];
  const visit = (node: PhysicalNode): void => {
    const count = (readers.get(node) ?? 0) + 1;
    readers.set(node, count);
    if (count > 1) {
      if (count === 2) order.push(node);
      return;
    }
    for (const input of inputsOf(node)) visit(input);
  };
  for (const root of roots) visit(root.input);
  return new Map(order.map((node, i) => [node, i + 1]));
}
