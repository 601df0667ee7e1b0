// Redis and Tair as a dimension table and as a sink: the Tair connector of Realtime Compute for Apache Flink.
import type { DynamicTableFactory } from '../../connector/factory.ts';
import { ValidationError } from '../../types/errors.ts';
import { summaryString } from '../../types/schema.ts';
import { RedisLookupSource } from './lookup-source.ts';
import { CONNECTOR, REDIS_OPTIONS } from './options.ts';
import { readLookupSettings, readSinkSettings } from './settings.ts';
import { RedisSink } from './table-sink.ts';

export const redisFactory: DynamicTableFactory = {
  identifier: 'redis',
  options: { required: [CONNECTOR], optional: REDIS_OPTIONS.filter((o) => o !== CONNECTOR) },

  createSource({ table, schema, options, formats, timeZone }, usage) {
    const settings = readLookupSettings(options, formats, timeZone);
    if (usage === 'scan') {
      throw new ValidationError(
        `Table '${summaryString(table)}' of connector 'redis' can only be used as a lookup table or a sink.`,
        {
          hint: `Join it: … JOIN ${table.object} FOR SYSTEM_TIME AS OF s.proctime AS d ON s.key = d.key, with a column AS PROCTIME() in s.`,
        },
      );
    }
    return new RedisLookupSource({ table, schema }, settings, options);
  },

  createSink({ table, schema, options, formats }) {
    return new RedisSink({ table, schema }, readSinkSettings(options, formats));
  },
};
