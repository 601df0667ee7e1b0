// ROW_NUMBER with a filter on the number is a top-N; without one it would have to renumber rows for ever.
import { TableError } from '../../types/errors.ts';
import { type CalcRel, calc, namesOf, type RankRel, type Rel, type RowNumberRel } from '../logical.ts';
import type { Rex } from '../rex.ts';
import { conjunction, conjuncts, identityOf, inputsOfRex, literal, substitute } from '../rex-util.ts';
import { bottomUp } from './rewrite.ts';

/** @throws TableError for a ROW_NUMBER that nothing filters */
export function toRanks(rel: Rel): Rel {
  const ranked = bottomUp(rel, (node) =>
    node.kind === 'calc' && node.input.kind === 'rowNumber' ? rankOf(node, node.input) : node,
  );
  return bottomUp(ranked, (node) => {
    if (node.kind !== 'rowNumber') return node;
    throw new TableError('ROW_NUMBER with an OVER window is supported in a top-N query only.', {
      span: node.span,
      hint: 'Put it into a sub-query and filter by it: SELECT … FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t) WHERE rn <= 3.',
    });
  });
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function rankOf(node: CalcRel, numbered: RowNumberRel): Rel {
  const { input, partition, order, newestFirst, span } = numbered;
  const number = input.schema.fields.length;
  const ranges: Range[] = [];
  const kept: Rex[] = [];
  for (const condition of conjuncts(node.condition)) {
    const range = rangeOf(condition, number);
    if (range === null) kept.push(condition);
    else ranges.push(range);
  }
  if (ranges.length === 0) return node;
  const start = Math.max(1, ...ranges.map((r) => r.start));
  const end = Math.min(...ranges.map((r) => r.end));
  if (end === Number.POSITIVE_INFINITY) throw new TableError('Rank end is not specified.', { span });
  if (end < start) return nothing(node);
  // One row of each partition: its number is known.
  const single = start === end;
  const { fields } = numbered.schema;
  const rank: RankRel = {
    kind: 'rank',
    input,
    partition,
    order,
    newestFirst,
    start,
    end,
    withNumber: !single,
    schema: { fields: single ? fields.slice(0, number) : fields },
  };
  const columns = identityOf(fields);
  if (single) columns[number] = literal(BigInt(start), fields[number]!.type);
  return calc(
    rank,
    node.projections.map((p) => substitute(p, columns)),
    conjunction(kept.map((c) => substitute(c, columns))),
    namesOf(node),
  );
}

/** No row has such a number. */
function nothing(node: CalcRel): Rel {
  return { kind: 'values', tuples: [], schema: node.schema };
}

const MIRRORED: Readonly<Record<string, string>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** What a comparison of the number with a constant leaves of it; null for any other condition. */
function rangeOf(condition: Rex, number: number): Range | null {
  if (condition.kind !== 'call' || condition.operands.length !== 2) return null;
  const [left, right] = condition.operands as [Rex, Rex];
  const operator = isNumber(left, number) ? condition.fn.name : MIRRORED[condition.fn.name];
  const [column, constant] = isNumber(left, number) ? [left, right] : [right, left];
  if (!isNumber(column, number) || inputsOfRex(constant).size > 0 || operator === undefined) return null;
  const value = constantOf(constant);
  if (value === null) return null;
  switch (operator) {
    case '=':
      return { start: Math.ceil(value), end: Math.floor(value) };
    case '<':
      return { start: 1, end: Math.ceil(value) - 1 };
    case '<=':
      return { start: 1, end: Math.floor(value) };
    case '>':
      return { start: Math.floor(value) + 1, end: Number.POSITIVE_INFINITY };
    case '>=':
      return { start: Math.ceil(value), end: Number.POSITIVE_INFINITY };
    default:
      return null;
  }
}

/** The number itself, or a cast of it to a wider type. */
function isNumber(rex: Rex, number: number): boolean {
  if (rex.kind === 'call' && rex.fn.name === 'CAST') return isNumber(rex.operands[0]!, number);
  return rex.kind === 'input' && rex.index === number;
}

function constantOf(rex: Rex): number | null {
  if (rex.kind !== 'literal' || rex.value === null) return null;
  const value = Number(rex.value);
  return Number.isFinite(value) ? value : null;
}
