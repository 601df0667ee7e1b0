// Statements as SQL text.
import type {
  AlterTable,
  ColumnDefinition,
  CreateTable,
  CreateView,
  Distribution,
  Drop,
  Insert,
  LikeClause,
  OptionNode,
  QualifiedName,
  Show,
  Statement,
  TableConstraint,
} from './ast.ts';
import { printNames, printType, quoteName, quoteString } from './expression-printer.ts';
import { QueryPrinter } from './query-printer.ts';

export class StatementPrinter extends QueryPrinter {
  statement(s: Statement): string {
    switch (s.kind) {
      case 'createTable':
        return this.createTable(s);
      case 'createView':
        return this.createView(s);
      case 'createDatabase':
        return `CREATE DATABASE ${ifNotExists(s)}${path(s.name)}${comment(s.comment)}${withOptions(s.options)}`;
      case 'createCatalog':
        return `CREATE CATALOG ${ifNotExists(s)}${quoteName(s.name.value)}${comment(s.comment)}${withOptions(s.options)}`;
      case 'createFunction': {
        const kind = `${s.temporary ? 'TEMPORARY ' : ''}${s.system ? 'SYSTEM ' : ''}`;
        const language = s.language === undefined ? '' : ` LANGUAGE ${s.language}`;
        const jars =
          s.jars.length === 0 ? '' : ` USING ${s.jars.map((j) => `JAR ${quoteString(j)}`).join(', ')}`;
        const target = `${ifNotExists(s)}${path(s.name)} AS ${quoteString(s.className)}`;
        return `CREATE ${kind}FUNCTION ${target}${language}${jars}`;
      }
      case 'drop':
        return drop(s);
      case 'alterTable':
        return `ALTER TABLE ${s.ifExists ? 'IF EXISTS ' : ''}${path(s.name)} ${alterAction(s.action)}`;
      case 'insert':
        return this.insert(s);
      case 'statementSet':
        return `EXECUTE STATEMENT SET\nBEGIN\n${s.inserts.map((i) => `${this.insert(i)};\n`).join('')}END`;
      case 'queryStatement':
        return this.query(s.query);
      case 'explain':
        return `EXPLAIN ${s.details.length === 0 ? 'PLAN FOR' : s.details.join(', ')} ${this.statement(s.statement)}`;
      default:
        return simpleStatement(s);
    }
  }

  private createTable(s: CreateTable): string {
    const onColumns = new Set(s.columns.map((c) => (c.kind === 'physicalColumn' ? c.constraint : undefined)));
    const elements = [
      ...s.columns.map((column) => this.column(column)),
      ...s.watermarks.map((w) => `WATERMARK FOR ${path(w.column)} AS ${this.expression(w.expression)}`),
      ...s.constraints
        .filter((c) => !onColumns.has(c))
        .map((c) => `${constraintHead(c)} (${printNames(c.columns)})${enforcement(c)}`),
    ];
    const body = elements.length === 0 ? '' : ` (\n  ${elements.join(',\n  ')}\n)`;
    const clauses = [
      comment(s.comment),
      s.distribution === undefined ? '' : `\n${distribution(s.distribution)}`,
      s.partitionedBy.length === 0 ? '' : `\nPARTITIONED BY (${printNames(s.partitionedBy)})`,
      withOptions(s.options),
      s.like === undefined ? '' : `\n${likeClause(s.like)}`,
      s.query === undefined ? '' : `\nAS ${this.query(s.query)}`,
    ];
    const temporary = s.temporary ? 'TEMPORARY ' : '';
    return `CREATE ${temporary}TABLE ${ifNotExists(s)}${path(s.name)}${body}${clauses.join('')}`;
  }

  private column(c: ColumnDefinition): string {
    const name = quoteName(c.name.value);
    switch (c.kind) {
      case 'computedColumn':
        return `${name} AS ${this.expression(c.expression)}${comment(c.comment)}`;
      case 'metadataColumn': {
        const from = c.key === undefined ? '' : ` FROM ${quoteString(c.key)}`;
        const virtual = c.virtual ? ' VIRTUAL' : '';
        return `${name} ${printType(c.type.type)} METADATA${from}${virtual}${comment(c.comment)}`;
      }
      case 'physicalColumn': {
        const constraint =
          c.constraint === undefined ? '' : ` ${constraintHead(c.constraint)}${enforcement(c.constraint)}`;
        return `${name} ${printType(c.type.type)}${constraint}${comment(c.comment)}`;
      }
    }
  }

  private createView(s: CreateView): string {
    const kind = `${s.orReplace ? 'OR REPLACE ' : ''}${s.temporary ? 'TEMPORARY ' : ''}`;
    const columns = s.columns.length === 0 ? '' : ` (${printNames(s.columns)})`;
    const head = `CREATE ${kind}VIEW ${ifNotExists(s)}${path(s.name)}${columns}${comment(s.comment)}`;
    return `${head}\nAS ${this.query(s.query)}`;
  }

  private insert(s: Insert): string {
    const hints = this.hints(s.hints);
    const values = s.partition.map((o) => `${quoteName(o.key)} = ${quoteString(o.value)}`);
    const partition = values.length === 0 ? '' : ` PARTITION (${values.join(', ')})`;
    const columns = s.columns === undefined ? '' : ` (${printNames(s.columns)})`;
    const target = `${path(s.table)}${hints === '' ? '' : ` ${hints}`}${partition}${columns}`;
    const conflict = s.conflict === undefined ? '' : `\nON CONFLICT DO ${s.conflict}`;
    return `INSERT ${s.overwrite ? 'OVERWRITE' : 'INTO'} ${target}\n${this.query(s.query)}${conflict}`;
  }
}

type SimpleStatement = Extract<
  Statement,
  {
    readonly kind:
      | 'show'
      | 'showCreate'
      | 'describe'
      | 'describeJob'
      | 'useDatabase'
      | 'useCatalog'
      | 'set'
      | 'reset'
      | 'stopJob'
      | 'quit';
  }
>;

function simpleStatement(s: SimpleStatement): string {
  switch (s.kind) {
    case 'show':
      return show(s);
    case 'showCreate':
      return `SHOW CREATE ${s.object} ${path(s.name)}`;
    case 'describe':
      return `DESCRIBE ${s.extended ? 'EXTENDED ' : ''}${path(s.name)}`;
    case 'describeJob':
      return `DESCRIBE JOB ${quoteString(s.jobId)}`;
    case 'useDatabase':
      return `USE ${path(s.name)}`;
    case 'useCatalog':
      return `USE CATALOG ${quoteName(s.name.value)}`;
    case 'set':
      return s.option === undefined ? 'SET' : `SET ${option(s.option)}`;
    case 'reset':
      return s.key === undefined ? 'RESET' : `RESET ${quoteString(s.key)}`;
    case 'stopJob': {
      const withs = `${s.withSavepoint ? ' WITH SAVEPOINT' : ''}${s.withDrain ? ' WITH DRAIN' : ''}`;
      return `STOP JOB ${quoteString(s.jobId)}${withs}`;
    }
    case 'quit':
      return 'QUIT';
  }
}

function show(s: Show): string {
  const from = s.from === undefined ? '' : ` FROM ${path(s.from)}`;
  if (s.like === undefined) return `SHOW ${s.what}${from}`;
  const word = `${s.like.negated ? 'NOT ' : ''}${s.like.caseInsensitive ? 'ILIKE' : 'LIKE'}`;
  return `SHOW ${s.what}${from} ${word} ${quoteString(s.like.pattern)}`;
}

function drop(s: Drop): string {
  const kind = `${s.temporary ? 'TEMPORARY ' : ''}${s.system ? 'SYSTEM ' : ''}${s.object}`;
  return `DROP ${kind} ${s.ifExists ? 'IF EXISTS ' : ''}${path(s.name)}${s.cascade ? ' CASCADE' : ''}`;
}

function alterAction(action: AlterTable['action']): string {
  switch (action.kind) {
    case 'set':
      return `SET ${optionList(action.options)}`;
    case 'reset':
      return `RESET (${action.keys.map(quoteString).join(', ')})`;
    case 'rename':
      return `RENAME TO ${path(action.to)}`;
  }
}

function constraintHead(c: TableConstraint): string {
  return `${c.name === undefined ? '' : `CONSTRAINT ${quoteName(c.name.value)} `}${c.type}`;
}

function enforcement(c: TableConstraint): string {
  return c.enforced === undefined ? '' : c.enforced ? ' ENFORCED' : ' NOT ENFORCED';
}

function distribution(d: Distribution): string {
  const columns = d.columns.length === 0 ? '' : ` BY ${d.algorithm ?? ''}(${printNames(d.columns)})`;
  return `DISTRIBUTED${columns}${d.buckets === undefined ? '' : ` INTO ${d.buckets} BUCKETS`}`;
}

function likeClause(like: LikeClause): string {
  const options = like.options.map((o) => `\n  ${o.strategy} ${o.feature}`).join('');
  return `LIKE ${path(like.table)}${options === '' ? '' : ` (${options}\n)`}`;
}

function path(name: QualifiedName): string {
  return printNames(name.parts, '.');
}

function comment(text: string | undefined): string {
  return text === undefined ? '' : ` COMMENT ${quoteString(text)}`;
}

function ifNotExists(s: { readonly ifNotExists: boolean }): string {
  return s.ifNotExists ? 'IF NOT EXISTS ' : '';
}

function withOptions(options: readonly OptionNode[]): string {
  return options.length === 0 ? '' : `\nWITH ${optionList(options)}`;
}

function optionList(options: readonly OptionNode[]): string {
  return `(\n${options.map((o) => `  ${option(o)}`).join(',\n')}\n)`;
}

function option(o: OptionNode): string {
  return `${quoteString(o.key)} = ${quoteString(o.value)}`;
}
