// How many subtasks each node of a plan has.
import { inputsOf, type JobPlan, type PhysicalNode, type RootNode, type TableSourceScan } from './nodes.ts';

/** Subtasks of a scan: one where the table cannot be shared. */
export function scanParallelism({ source }: TableSourceScan, jobParallelism: number): number {
  if (source.mergePositions === undefined) return 1;
  return Math.min(source.parallelism ?? jobParallelism, jobParallelism);
}

/** A node has as many subtasks as what it reads; an exchange begins with its own number. */
export function parallelismOf(plan: Pick<JobPlan, 'parallelism'>): (node: PhysicalNode | RootNode) => number {
  const known = new Map<PhysicalNode | RootNode, number>();
  const of = (node: PhysicalNode | RootNode): number => {
    let parallelism = known.get(node);
    if (parallelism === undefined) {
      parallelism = computed(node);
      known.set(node, parallelism);
    }
    return parallelism;
  };
  const computed = (node: PhysicalNode | RootNode): number => {
    if (node.kind === 'values') return 1;
    if (node.kind === 'scan') return scanParallelism(node, plan.parallelism);
    if (node.kind === 'exchange') return node.parallelism;
    return Math.max(...inputsOf(node).map(of));
  };
  return of;
}
