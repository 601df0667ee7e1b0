// Every built-in function and operator, by family.
import { CAST, TRY_CAST } from '../cast.ts';
import type { ScalarFunction } from '../rex.ts';
import { ARRAY_CONSTRUCTOR, ITEM, MAP_CONSTRUCTOR, ROW_CONSTRUCTOR } from './collections/constructors.ts';
import { COLLECTION_FUNCTIONS } from './collections/maps.ts';
import { CASE, CONDITIONAL } from './conditional.ts';
import { DATETIME_FUNCTIONS } from './datetime/functions.ts';
import { JSON_ARRAY, JSON_OBJECT, JSON_STRING } from './json/construct.ts';
import { IS_JSON_TESTS, JSON_EXISTS, JSON_QUERY, JSON_VALUE } from './json/query.ts';
import { MATH_FUNCTIONS } from './math.ts';
import { DIVIDE, MINUS, MOD, PLUS, REMAINDER, TIMES } from './operators/arithmetic.ts';
import { COMPARISONS } from './operators/comparison.ts';
import { AND, IS_TESTS, NOT, OR } from './operators/logical.ts';
import { CODEC_FUNCTIONS } from './string/codecs.ts';
import { LIKE, REGEX_FUNCTIONS, SIMILAR_TO } from './string/regex.ts';
import { CONCAT_OPERATOR, TEXT_FUNCTIONS } from './string/text.ts';

/** Reached by their syntax; listed so that plans can name them. */
const OPERATORS: readonly ScalarFunction[] = [
  PLUS,
  MINUS,
  TIMES,
  DIVIDE,
  REMAINDER,
  CONCAT_OPERATOR,
  ...Object.values(COMPARISONS),
  AND,
  OR,
  NOT,
  ...Object.values(IS_TESTS),
  ...Object.values(IS_JSON_TESTS),
  LIKE,
  SIMILAR_TO,
  CASE,
  ITEM,
  ARRAY_CONSTRUCTOR,
  MAP_CONSTRUCTOR,
  ROW_CONSTRUCTOR,
];

export const BUILT_IN: readonly ScalarFunction[] = [
  ...OPERATORS,
  CAST,
  TRY_CAST,
  MOD,
  ...CONDITIONAL,
  ...MATH_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...REGEX_FUNCTIONS,
  ...CODEC_FUNCTIONS,
  ...DATETIME_FUNCTIONS,
  JSON_VALUE,
  JSON_QUERY,
  JSON_EXISTS,
  JSON_OBJECT,
  JSON_ARRAY,
  JSON_STRING,
  ...COLLECTION_FUNCTIONS,
];
