// == Abstract Syntax Tree ==: the logical plan as Calcite prints it.
import { summaryString } from '../../types/schema.ts';
import { type JoinRel, namesOf, type Rel, type RowNumberRel, relInputs } from '../logical.ts';
import { printRex } from '../print-rex.ts';
import type { Rex } from '../rex.ts';
import { collectInputs, inputsOfRex } from '../rex-util.ts';
import { printTree, type TextTree } from './tree.ts';
import { tuplesText } from './values.ts';

/** @param sink the table that the query is inserted into, and its columns' names in the query */
export function printLogical(
  rel: Rel,
  sink?: { readonly table: string; readonly fields: readonly string[] },
): string {
  const tree = new Printer().tree(rel);
  if (sink === undefined) return printTree(tree);
  return printTree({
    text: `LogicalSink(table=[${sink.table}], fields=[${sink.fields.join(', ')}])`,
    children: [tree],
  });
}

const digest = (rex: Rex) => printRex(rex, [], 'digest');

class Printer {
  #correlations = 0;

  tree(rel: Rel): TextTree {
    if (rel.kind === 'join' && rel.period !== null) return this.#correlate(rel, rel.period);
    // Calcite has windows in the expressions that read them.
    const inputs = relInputs(rel).map((r) => (rel.kind === 'project' ? belowWindows(r) : r));
    return { text: describe(rel), children: inputs.map((r) => this.tree(r)) };
  }

  /** The right side is asked anew for each row of the left. */
  #correlate(rel: JoinRel, period: Rex): TextTree {
    const left = this.tree(rel.left);
    const variable = `$cor${this.#correlations++}`;
    const names = namesOf(rel.left);
    const width = names.length;
    const condition = rel.condition === null ? 'true' : correlated(rel.condition, names, variable);
    const required = collectInputs(rel.condition, inputsOfRex(period));
    const columns = [...required].filter((i) => i < width).sort((a, b) => a - b);
    const right = this.tree(rel.right);
    const snapshot = {
      text: `LogicalSnapshot(period=[${correlated(period, names, variable)}])`,
      children: [right],
    };
    return {
      text: `LogicalCorrelate(correlation=[${variable}], joinType=[${rel.joinType.toLowerCase()}], requiredColumns=[{${columns.join(', ')}}])`,
      children: [left, { text: `LogicalFilter(condition=[${condition}])`, children: [snapshot] }],
    };
  }
}

/** Columns of the left side by the correlation's name, those of the right by their own index. */
function correlated(rex: Rex, left: readonly string[], variable: string): string {
  return digest(rex).replace(/('(?:[^']|'')*')|\$(\d+)/g, (all, text: string | undefined, index: string) => {
    if (text !== undefined) return all;
    const i = Number(index);
    return i < left.length ? `${variable}.${left[i]!}` : `$${i - left.length}`;
  });
}

function describe(rel: Rel): string {
  switch (rel.kind) {
    case 'scan': {
      const { catalog, database, object } = rel.use.table.identifier;
      return `LogicalTableScan(table=[[${catalog}, ${database}, ${object}]])`;
    }
    case 'values':
      return `LogicalValues(tuples=[${tuplesText(rel.tuples)}])`;
    case 'project':
      return `LogicalProject(${withWindows(fields(rel.projections, rel), rel.input)})`;
    case 'filter':
      return `LogicalFilter(condition=[${digest(rel.condition)}])`;
    case 'calc': {
      const where = rel.condition === null ? '' : `, where=[${digest(rel.condition)}]`;
      return `LogicalCalc(${fields(rel.projections, rel)}${where})`;
    }
    case 'watermark':
      return `LogicalWatermarkAssigner(rowtime=[${namesOf(rel)[rel.column]!}], watermark=[${digest(rel.expression)}])`;
    case 'rowNumber':
      return `LogicalWindow(number=[${windowText(rel)}])`;
    case 'rank':
      return `LogicalRank(rankRange=[rankStart=${rel.start}, rankEnd=${rel.end}])`;
    case 'join':
      return `LogicalJoin(condition=[${rel.condition === null ? 'true' : digest(rel.condition)}], joinType=[${rel.joinType.toLowerCase()}])`;
    case 'lookupJoin':
      return `LogicalLookupJoin(table=[${summaryString(rel.use.table.identifier)}])`;
    case 'aggregate': {
      const calls = rel.calls.map((c) => {
        const args = c.args.map((i) => `$${i}`).join(', ');
        const filter = c.filter === null ? '' : ` FILTER $${c.filter}`;
        return `, ${c.name}=[${c.fn.name}(${c.distinct ? 'DISTINCT ' : ''}${args})${filter}]`;
      });
      return `LogicalAggregate(group=[{${rel.grouping.join(', ')}}]${calls.join('')})`;
    }
    case 'union':
      return 'LogicalUnion(all=[true])';
    case 'limit': {
      const items = [
        ...(rel.offset === 0 ? [] : [`offset=[${rel.offset}]`]),
        ...(rel.fetch === null ? [] : [`fetch=[${rel.fetch}]`]),
      ];
      return `LogicalSort(${items.join(', ')})`;
    }
  }
}

function fields(projections: readonly Rex[], rel: Rel): string {
  const names = namesOf(rel);
  return projections.map((p, i) => `${names[i]!}=[${digest(p)}]`).join(', ');
}

/** `ROW_NUMBER() OVER (PARTITION BY $1 ORDER BY $0 DESC NULLS LAST)` */
function windowText({ partition, order, newestFirst, times }: RowNumberRel): string {
  const sorted = [
    ...order.map(({ column, descending, nullsFirst }) => {
      const direction = descending ? ' DESC' : '';
      return `$${column}${direction} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
    }),
    ...times.map((column) => (newestFirst ? `$${column} DESC NULLS LAST` : `$${column} NULLS FIRST`)),
  ];
  const by = partition.length === 0 ? '' : `PARTITION BY ${partition.map((i) => `$${i}`).join(', ')} `;
  return `ROW_NUMBER() OVER (${by}ORDER BY ${sorted.join(', ')})`;
}

function belowWindows(rel: Rel): Rel {
  return rel.kind === 'rowNumber' ? belowWindows(rel.input) : rel;
}

/** The text with the windows in place of the columns that hold their results. */
function withWindows(text: string, input: Rel): string {
  if (input.kind !== 'rowNumber') return text;
  const column = input.input.schema.fields.length;
  const replaced = text.replace(
    /('(?:[^']|'')*')|\$(\d+)\b/g,
    (all, quoted: string | undefined, i: string) =>
      quoted === undefined && Number(i) === column ? windowText(input) : all,
  );
  return withWindows(replaced, input.input);
}
