// Trees as text: children below their parent, `+- ` for the last and `:- ` for the others.

export interface TextTree {
  readonly text: string;
  readonly children: readonly TextTree[];
}

export function printTree(root: TextTree): string {
  const lines: string[] = [];
  const visit = (node: TextTree, first: string, rest: string): void => {
    lines.push(first + node.text);
    const last = node.children.length - 1;
    for (const [i, child] of node.children.entries()) {
      visit(child, `${rest}${i === last ? '+- ' : ':- '}`, `${rest}${i === last ? '   ' : ':  '}`);
    }
  };
  visit(root, '', '');
  return `${lines.join('\n')}\n`;
}
