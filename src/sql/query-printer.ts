// Queries as SQL text: one clause a line, as Flink expands the definition of a view.
import { redact } from '../options/redact.ts';
import type {
  CommonTableExpression,
  GroupingElement,
  Hint,
  Join,
  Query,
  QueryBody,
  Select,
  SelectItem,
  SetOperation,
  TableAlias,
  TableReference,
} from './ast.ts';
import { ExpressionPrinter, printNames, quoteName, quoteString } from './expression-printer.ts';
import { isReserved } from './keywords.ts';

export class QueryPrinter extends ExpressionPrinter {
  override query(query: Query): string {
    const parts: string[] = [];
    if (query.with.length > 0) parts.push(`WITH ${query.with.map((cte) => this.cte(cte)).join(',\n')}`);
    parts.push(this.body(query.body));
    if (query.orderBy.length > 0) parts.push(`ORDER BY ${this.sortItems(query.orderBy)}`);
    if (query.offset !== undefined) parts.push(`OFFSET ${this.expression(query.offset)} ROWS`);
    if (query.fetch !== undefined) parts.push(`FETCH NEXT ${this.expression(query.fetch)} ROWS ONLY`);
    return parts.join('\n');
  }

  private cte(cte: CommonTableExpression): string {
    const columns = cte.columns.length === 0 ? '' : ` (${printNames(cte.columns)})`;
    return `${quoteName(cte.name.value)}${columns} AS (${this.query(cte.query)})`;
  }

  private body(body: QueryBody): string {
    switch (body.kind) {
      case 'query':
        return `(${this.query(body)})`;
      case 'select':
        return this.select(body);
      case 'values':
        return `VALUES ${this.expressions(body.rows)}`;
      case 'explicitTable':
        return `TABLE ${printNames(body.name.parts, '.')}`;
      case 'setOperation': {
        const left = this.setOperand(body.left, body, false);
        const right = this.setOperand(body.right, body, true);
        return `${left}\n${body.op}${body.all ? ' ALL' : ''}\n${right}`;
      }
    }
  }

  /** INTERSECT binds more tightly than UNION and EXCEPT; all group from the left. */
  private setOperand(operand: QueryBody, parent: SetOperation, right: boolean): string {
    if (operand.kind !== 'setOperation') return this.body(operand);
    const tight = (op: SetOperation['op']) => (op === 'INTERSECT' ? 1 : 0);
    const difference = tight(operand.op) - tight(parent.op);
    const bare = right ? difference > 0 : difference >= 0;
    return bare ? this.body(operand) : `(${this.body(operand)})`;
  }

  private select(select: Select): string {
    const hints = this.hints(select.hints);
    const distinct = select.distinct ? 'DISTINCT ' : '';
    const items = select.items.map((item) => this.selectItem(item)).join(', ');
    const parts = [`SELECT ${hints === '' ? '' : `${hints} `}${distinct}${items}`];
    if (select.from !== undefined) parts.push(`FROM ${this.table(select.from)}`);
    if (select.where !== undefined) parts.push(`WHERE ${this.expression(select.where)}`);
    if (select.groupBy !== undefined) parts.push(`GROUP BY ${this.groupingElements(select.groupBy)}`);
    if (select.having !== undefined) parts.push(`HAVING ${this.expression(select.having)}`);
    if (select.windows.length > 0) {
      const windows = select.windows.map((w) => `${quoteName(w.name.value)} AS ${this.window(w.window)}`);
      parts.push(`WINDOW ${windows.join(', ')}`);
    }
    if (select.qualify !== undefined) parts.push(`QUALIFY ${this.expression(select.qualify)}`);
    return parts.join('\n');
  }

  private selectItem(item: SelectItem): string {
    const alias = item.alias === undefined ? '' : ` AS ${quoteName(item.alias.value)}`;
    return `${this.expression(item.expression)}${alias}`;
  }

  private groupingElements(items: readonly GroupingElement[]): string {
    return items
      .map((item) => {
        if (item.kind !== 'grouping') return this.expression(item);
        return item.type === 'EMPTY' ? '()' : `${item.type} (${this.groupingElements(item.items)})`;
      })
      .join(', ');
  }

  // ------------------------------------------------------------------------------------------------------------ FROM

  table(table: TableReference): string {
    const alias = 'alias' in table ? this.alias(table.alias) : '';
    switch (table.kind) {
      case 'table': {
        const hints = this.hints(table.hints);
        const name = printNames(table.name.parts, '.');
        const time =
          table.systemTime === undefined ? '' : ` FOR SYSTEM_TIME AS OF ${this.expression(table.systemTime)}`;
        return `${name}${hints === '' ? '' : ` ${hints}`}${time}${alias}`;
      }
      case 'derived':
        return `${table.lateral ? 'LATERAL ' : ''}(${this.query(table.query)})${alias}`;
      case 'tableFunction':
        return `${table.lateral ? 'LATERAL ' : ''}TABLE(${this.call(table.call)})${alias}`;
      case 'unnest':
        return `UNNEST(${this.expressions(table.args)})${table.withOrdinality ? ' WITH ORDINALITY' : ''}${alias}`;
      case 'join':
        return this.join(table);
    }
  }

  private join(join: Join): string {
    if (join.type === 'COMMA') {
      return `${this.table(join.left)},\n${isComma(join.right) ? this.inner(join.right) : this.table(join.right)}`;
    }
    const left = isComma(join.left) ? this.inner(join.left) : this.table(join.left);
    const right = join.right.kind === 'join' ? this.inner(join.right) : this.table(join.right);
    const on = join.on === undefined ? '' : ` ON ${this.expression(join.on)}`;
    const using = join.using === undefined ? '' : ` USING (${printNames(join.using)})`;
    return `${left}\n${join.natural ? 'NATURAL ' : ''}${join.type} JOIN ${right}${on}${using}`;
  }

  private inner(join: TableReference): string {
    return `(${this.table(join)})`;
  }

  private alias(alias: TableAlias | undefined): string {
    if (alias === undefined) return '';
    const columns = alias.columns.length === 0 ? '' : ` (${printNames(alias.columns)})`;
    return ` AS ${quoteName(alias.name.value)}${columns}`;
  }

  /** `/*+ LOOKUP('table'='d'), OPTIONS('k'='v') * /`, or '' for none. Secrets are hidden. */
  hints(hints: readonly Hint[]): string {
    if (hints.length === 0) return '';
    const texts = hints.map((hint) => {
      const options = hint.options.map((o) => `${quoteString(o.key)}=${quoteString(redact(o.key, o.value))}`);
      const args = hint.args.map(quoteString);
      const all = [...options, ...args];
      const name = isReserved(hint.name) || !/^[A-Z_]+$/.test(hint.name) ? quoteName(hint.name) : hint.name;
      return all.length === 0 ? name : `${name}(${all.join(', ')})`;
    });
    return `/*+ ${texts.join(', ')} */`;
  }
}

function isComma(table: TableReference): boolean {
  return table.kind === 'join' && table.type === 'COMMA';
}
