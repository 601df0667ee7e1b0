// The Redis structures that a sink writes, with both forms of primary key.

export interface Structure {
  readonly name: string;
  readonly mode: string;
  readonly options: Readonly<Record<string, string>>;
  /** Columns with their types. */
  readonly columns: string;
  readonly primaryKey: string;
  /** What is written into it, of the columns of `Item`. */
  readonly select: string;
}

const structure = (
  mode: string,
  columns: string,
  select: string,
  primaryKey = 'k',
  options: Structure['options'] = {},
): Structure => ({
  name: `${mode}${'flattenHash' in options ? ' multi-value' : ''}, PRIMARY KEY (${primaryKey})`,
  mode,
  options,
  columns,
  primaryKey,
  select,
});

const KV = 'k STRING, v STRING';
const KF = 'k STRING, f STRING';
const KFV = 'k STRING, f STRING, v STRING';
const KSF = 'k STRING, s DOUBLE, f STRING';

export const STRING = structure('STRING', KV, 'k, v');
export const LIST = structure('LIST', KF, 'k, f');
export const SET = structure('SET', KF, 'k, f');
export const HASHMAP = structure('HASHMAP', KFV, 'k, f, v');
export const MULTI_VALUE = structure('HASHMAP', KFV, 'k, f, v', 'k', { flattenHash: 'true' });
export const SORTEDSET = structure('SORTEDSET', KSF, 'k, s, f');

/** By the key alone, as on the connector's page. */
export const BY_KEY = [STRING, LIST, SET, HASHMAP, MULTI_VALUE, SORTEDSET];

export const LIST_ELEMENTS = structure('LIST', KF, 'k, f', 'k, f');
export const SET_ELEMENTS = structure('SET', KF, 'k, f', 'k, f');
export const HASHMAP_ELEMENTS = structure('HASHMAP', KFV, 'k, f, v', 'k, f');
export const SORTEDSET_ELEMENTS = structure('SORTEDSET', KSF, 'k, s, f', 'k, f');

/** By key and element. */
export const BY_ELEMENT = [LIST_ELEMENTS, SET_ELEMENTS, HASHMAP_ELEMENTS, SORTEDSET_ELEMENTS];

export const STRUCTURES = [...BY_KEY, ...BY_ELEMENT];

/** DDL of table `sink`. */
export function sinkTable(to: Structure, more: Readonly<Record<string, string>> = {}): string {
  const options = Object.entries({ mode: to.mode, ...to.options, ...more });
  const given = options.map(([key, value]) => `'${key}' = '${value.replaceAll("'", "''")}'`).join(', ');
  return `CREATE TABLE sink (${to.columns}, PRIMARY KEY (${to.primaryKey}) NOT ENFORCED) WITH ({{redis}}, ${given})`;
}

/** DDL of table `source` over the topic `items`. */
export function sourceTable(format: string, primaryKey = format !== 'json'): string {
  const key = primaryKey ? ', PRIMARY KEY (id) NOT ENFORCED' : '';
  return `CREATE TABLE source (id STRING, k STRING, f STRING, s DOUBLE, v STRING${key}) WITH ({{kafka items}}, 'format' = '${format}')`;
}

export const insertInto = (to: Structure): string => `INSERT INTO sink SELECT ${to.select} FROM source`;
