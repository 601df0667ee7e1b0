// CREATE, DROP and ALTER.
import type {
  AlterTable,
  ColumnDefinition,
  CreateCatalog,
  CreateDatabase,
  CreateFunction,
  CreateTable,
  CreateView,
  Distribution,
  Drop,
  LikeClause,
  LikeOption,
  Name,
  OptionNode,
  Statement,
  TableConstraint,
  WatermarkDefinition,
} from './ast.ts';
import { cover } from './positions.ts';
import { QueryParser } from './query-parser.ts';

interface TableElements {
  readonly columns: ColumnDefinition[];
  readonly constraints: TableConstraint[];
  readonly watermarks: WatermarkDefinition[];
}

export abstract class DdlParser extends QueryParser {
  /** CREATE is the current token. */
  protected create(): Statement {
    const mark = this.pos;
    this.expect('CREATE');
    const orReplace = this.acceptAll('OR', 'REPLACE');
    const temporary = this.accept('TEMPORARY');
    const system = temporary && this.accept('SYSTEM');
    if (system || this.at('FUNCTION')) return this.createFunction(temporary, system, mark);
    if (this.accept('VIEW')) return this.createView(temporary, orReplace, mark);
    if (!orReplace && this.accept('TABLE')) return this.createTable(temporary, mark);
    if (!orReplace && !temporary && this.accept('DATABASE')) return this.createDatabase(mark);
    if (!orReplace && !temporary && this.accept('CATALOG')) return this.createCatalog(mark);
    return this.fail();
  }

  private ifNotExists(): boolean {
    return this.acceptAll('IF', 'NOT', 'EXISTS');
  }

  private comment(): string | undefined {
    return this.accept('COMMENT') ? this.string().value : undefined;
  }

  // ---------------------------------------------------------------------------------------------------- CREATE TABLE

  private createTable(temporary: boolean, mark: number): CreateTable {
    const ifNotExists = this.ifNotExists();
    const name = this.qualifiedName();
    const elements: TableElements = { columns: [], constraints: [], watermarks: [] };
    if (this.accept('(')) {
      if (!this.at(')')) this.list(() => this.tableElement(elements));
      this.expect(')');
    }
    const comment = this.comment();
    const distribution = this.distribution();
    const partitionedBy = this.acceptAll('PARTITIONED', 'BY') ? this.nameList() : [];
    const options = this.accept('WITH') ? this.options() : [];
    const like = this.accept('LIKE') ? this.likeClause() : undefined;
    const query = like === undefined && this.accept('AS') ? this.query() : undefined;
    const clauses = { comment, distribution, partitionedBy, options, like, query };
    return {
      kind: 'createTable',
      temporary,
      ifNotExists,
      name,
      ...elements,
      ...clauses,
      span: this.spanFrom(mark),
    };
  }

  private tableElement(elements: TableElements): void {
    if (this.at('WATERMARK')) elements.watermarks.push(this.watermark());
    else if (this.at('CONSTRAINT') || this.at('PRIMARY') || this.at('UNIQUE')) {
      elements.constraints.push(this.tableConstraint());
    } else {
      const column = this.column();
      elements.columns.push(column);
      if (column.kind === 'physicalColumn' && column.constraint !== undefined) {
        elements.constraints.push(column.constraint);
      }
    }
  }

  private column(): ColumnDefinition {
    const mark = this.pos;
    const name = this.name();
    if (this.accept('AS')) {
      const expression = this.expression();
      const comment = this.comment();
      return { kind: 'computedColumn', name, expression, comment, span: this.spanFrom(mark) };
    }
    const type = this.type();
    if (this.accept('METADATA')) {
      const key = this.accept('FROM') ? this.string().value : undefined;
      const virtual = this.accept('VIRTUAL');
      const comment = this.comment();
      return { kind: 'metadataColumn', name, type, key, virtual, comment, span: this.spanFrom(mark) };
    }
    const constraint = this.columnConstraint(name);
    const comment = this.comment();
    return { kind: 'physicalColumn', name, type, constraint, comment, span: this.spanFrom(mark) };
  }

  private columnConstraint(column: Name): TableConstraint | undefined {
    const mark = this.pos;
    const name = this.accept('CONSTRAINT') ? this.name() : undefined;
    const type = this.constraintType();
    if (type === undefined) return name === undefined ? undefined : this.fail();
    const enforced = this.enforcement();
    return { kind: 'constraint', type, name, columns: [column], enforced, span: this.spanFrom(mark) };
  }

  private tableConstraint(): TableConstraint {
    const mark = this.pos;
    const name = this.accept('CONSTRAINT') ? this.name() : undefined;
    const type = this.constraintType() ?? this.fail();
    const columns = this.nameList();
    const enforced = this.enforcement();
    return { kind: 'constraint', type, name, columns, enforced, span: this.spanFrom(mark) };
  }

  private constraintType(): TableConstraint['type'] | undefined {
    if (this.accept('UNIQUE')) return 'UNIQUE';
    if (!this.accept('PRIMARY')) return undefined;
    this.expect('KEY');
    return 'PRIMARY KEY';
  }

  private enforcement(): boolean | undefined {
    if (this.acceptAll('NOT', 'ENFORCED')) return false;
    return this.accept('ENFORCED') ? true : undefined;
  }

  private watermark(): WatermarkDefinition {
    const mark = this.pos;
    this.expect('WATERMARK', 'FOR');
    const column = this.qualifiedName();
    this.expect('AS');
    const expression = this.expression();
    return { kind: 'watermark', column, expression, span: this.spanFrom(mark) };
  }

  private distribution(): Distribution | undefined {
    const mark = this.pos;
    if (!this.accept('DISTRIBUTED')) return undefined;
    let algorithm: Distribution['algorithm'];
    let columns: Name[] = [];
    let buckets: number | undefined;
    if (this.accept('BY')) {
      algorithm = this.acceptOne('HASH', 'RANGE');
      columns = this.nameList();
    }
    if (columns.length === 0 || this.at('INTO')) {
      this.expect('INTO');
      buckets = this.integer();
      this.expect('BUCKETS');
    }
    return { kind: 'distribution', algorithm, columns, buckets, span: this.spanFrom(mark) };
  }

  private likeClause(): LikeClause {
    const mark = this.pos;
    const table = this.qualifiedName();
    const options: LikeOption[] = [];
    if (this.accept('(')) {
      while (!this.accept(')')) options.push(this.likeOption());
    }
    return { kind: 'likeClause', table, options, span: this.spanFrom(mark) };
  }

  private likeOption(): LikeOption {
    const mark = this.pos;
    const strategy = this.expectOne('INCLUDING', 'EXCLUDING', 'OVERWRITING');
    const feature = this.expectOne(
      'ALL',
      'CONSTRAINTS',
      'DISTRIBUTION',
      'GENERATED',
      'METADATA',
      'OPTIONS',
      'PARTITIONS',
      'WATERMARKS',
    );
    return { kind: 'likeOption', strategy, feature, span: this.spanFrom(mark) };
  }

  /** `('k' = 'v', ...)` */
  protected options(): OptionNode[] {
    this.expect('(');
    const options = this.at(')') ? [] : this.list(() => this.option());
    this.expect(')');
    return options;
  }

  protected option(): OptionNode {
    const key = this.string();
    this.expect('=');
    const value = this.string();
    const span = cover(key.span, value.span);
    return {
      kind: 'option',
      key: key.value,
      value: value.value,
      keySpan: key.span,
      valueSpan: value.span,
      span,
    };
  }

  // ------------------------------------------------------------------------------------------------ the other CREATEs

  private createView(temporary: boolean, orReplace: boolean, mark: number): CreateView {
    const ifNotExists = this.ifNotExists();
    const name = this.qualifiedName();
    const columns = this.at('(') ? this.nameList() : [];
    const comment = this.comment();
    this.expect('AS');
    const query = this.query();
    const span = this.spanFrom(mark);
    return { kind: 'createView', temporary, orReplace, ifNotExists, name, columns, comment, query, span };
  }

  private createDatabase(mark: number): CreateDatabase {
    const ifNotExists = this.ifNotExists();
    const name = this.qualifiedName();
    const comment = this.comment();
    const options = this.accept('WITH') ? this.options() : [];
    return { kind: 'createDatabase', ifNotExists, name, comment, options, span: this.spanFrom(mark) };
  }

  private createCatalog(mark: number): CreateCatalog {
    const ifNotExists = this.ifNotExists();
    const name = this.name();
    const comment = this.comment();
    const options = this.accept('WITH') ? this.options() : [];
    return { kind: 'createCatalog', ifNotExists, name, comment, options, span: this.spanFrom(mark) };
  }

  private createFunction(temporary: boolean, system: boolean, mark: number): CreateFunction {
    this.expect('FUNCTION');
    const ifNotExists = this.ifNotExists();
    const name = this.qualifiedName();
    this.expect('AS');
    const className = this.string().value;
    const language = this.accept('LANGUAGE') ? this.expectOne('JAVA', 'SCALA', 'PYTHON', 'SQL') : undefined;
    const jars: string[] = [];
    if (this.accept('USING')) {
      do {
        this.expectOne('JAR', 'ARTIFACT');
        jars.push(this.string().value);
      } while (this.accept(','));
    }
    const parts = { temporary, system, ifNotExists, name, className, language, jars };
    return { kind: 'createFunction', ...parts, span: this.spanFrom(mark) };
  }

  // ----------------------------------------------------------------------------------------------------- DROP, ALTER

  protected drop(): Drop {
    const mark = this.pos;
    this.expect('DROP');
    const temporary = this.accept('TEMPORARY');
    const system = temporary && this.accept('SYSTEM');
    const object = system
      ? this.expectOne('FUNCTION')
      : temporary
        ? this.expectOne('TABLE', 'VIEW', 'FUNCTION')
        : this.expectOne('TABLE', 'VIEW', 'FUNCTION', 'DATABASE', 'CATALOG');
    const ifExists = this.acceptAll('IF', 'EXISTS');
    const name = this.qualifiedName();
    const cascade = object === 'DATABASE' && this.acceptOne('RESTRICT', 'CASCADE') === 'CASCADE';
    return { kind: 'drop', object, temporary, system, ifExists, name, cascade, span: this.spanFrom(mark) };
  }

  protected alter(): AlterTable {
    const mark = this.pos;
    this.expect('ALTER', 'TABLE');
    const ifExists = this.acceptAll('IF', 'EXISTS');
    const name = this.qualifiedName();
    const action = this.alterAction();
    return { kind: 'alterTable', ifExists, name, action, span: this.spanFrom(mark) };
  }

  private alterAction(): AlterTable['action'] {
    if (this.accept('SET')) return { kind: 'set', options: this.options() };
    if (this.acceptAll('RENAME', 'TO')) return { kind: 'rename', to: this.qualifiedName() };
    this.expect('RESET', '(');
    const keys = this.list(() => this.string().value);
    this.expect(')');
    return { kind: 'reset', keys };
  }
}
