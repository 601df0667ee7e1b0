// The public Node API.
export { BatchBuilder } from './connector/batch-builder.ts';
export type { DynamicTableFactory, FactoryContext } from './connector/factory.ts';
export type {
  Decoder,
  DecoderContext,
  DecodingFormat,
  Encoder,
  EncodingFormat,
  FormatFactory,
} from './connector/format.ts';
export type { LookupFunction, LookupTableSource } from './connector/lookup.ts';
export type { Counter, MetricGroup } from './connector/metrics.ts';
export type { Logger, RuntimeContext } from './connector/runtime-context.ts';
export type { DynamicTableSink, SinkTarget, SinkWriter } from './connector/sink.ts';
export type {
  Position,
  ScanProjection,
  ScanTableSource,
  SourceProgress,
  SourceReader,
} from './connector/source.ts';
export { projectedFields } from './connector/source.ts';
export { type ConfigOption, option } from './options/config-option.ts';
export { type OptionDeclarations, type OptionValues, readOptions } from './options/read-options.ts';
export type { Call, Compiled, EvalContext, FunctionCall, Literal, Rex, ScalarFunction } from './plan/rex.ts';
export type { JobHandle, JobProgress, JobStatus } from './runtime/job.ts';
export type { ChangelogRow, ExecutionResult, TableResult } from './table-environment/result.ts';
export { TableEnvironment, type TableEnvironmentOptions } from './table-environment/table-environment.ts';
export { ChangelogMode } from './types/changelog-mode.ts';
export { type Clock, systemClock, type Timer } from './types/clock.ts';
export {
  ConnectorError,
  DataError,
  DreyError,
  type ErrorCode,
  errorChain,
  type SourceSpan,
  SqlParserError,
  TableError,
  ValidationError,
} from './types/errors.ts';
export {
  BIGINT,
  BOOLEAN,
  BYTES,
  DOUBLE,
  INT,
  type LogicalType,
  STRING,
  typeToString,
} from './types/logical-type.ts';
export { EMPTY_BATCH, kindAt, type Row, type RowBatch, RowKind } from './types/row.ts';
export type { Field, ObjectIdentifier, PhysicalSchema, Schema } from './types/schema.ts';
export { TimestampData } from './types/values.ts';
