// Files as tables (org.apache.flink.connector.file.table.FileSystemTableFactory): lines of a format.
import type { DynamicTableFactory } from '../../connector/factory.ts';
import { requireFormat, withFormats } from '../../formats/format-options.ts';
import { readOptions } from '../../options/read-options.ts';
import { localPath } from './files.ts';
import {
  FILESYSTEM_OPTIONS,
  MONITOR_INTERVAL,
  PATH,
  PATH_PATTERN,
  ROLLING_FILE_SIZE,
  SINK_PARALLELISM,
} from './options.ts';
import { filesystemSink } from './sink.ts';
import { filesystemSource } from './source.ts';

export const filesystemFactory: DynamicTableFactory = {
  identifier: 'filesystem',
  options: FILESYSTEM_OPTIONS,

  createSource(context) {
    const format = requireFormat(context, 'scan', ['format']);
    const values = readOptions('filesystem', context.options, withFormats(FILESYSTEM_OPTIONS, [format]));
    const decoding = format.decoding(values);
    const projection = context.schema.fields.map((_, i) => i);
    // Refuses columns that the format cannot carry now, not when the job runs.
    decoding.createDecoder({
      schema: context.schema,
      projection,
      metadata: [],
      timeZone: context.timeZone,
    });
    return filesystemSource({
      path: localPath(values.get(PATH)),
      pattern: values.find(PATH_PATTERN),
      monitorInterval: values.find(MONITOR_INTERVAL),
      format: decoding,
      schema: context.schema,
    });
  },

  createSink(context) {
    const format = requireFormat(context, 'sink', ['format']);
    const values = readOptions('filesystem', context.options, withFormats(FILESYSTEM_OPTIONS, [format]));
    const encoding = format.encoding(values);
    encoding.createEncoder(context.schema);
    return filesystemSink({
      path: localPath(values.get(PATH)),
      format: encoding,
      schema: context.schema,
      rollingFileSize: values.get(ROLLING_FILE_SIZE),
      parallelism: values.find(SINK_PARALLELISM),
    });
  },
};
