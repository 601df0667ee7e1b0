package io.drey.flink.bench;

import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.table.data.RowData;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisDataException;

/** SET in pipelines of {@code batch} rows; each waits for its answers. */
final class JedisSinkWriter implements SinkWriter<RowData> {
    private final Jedis jedis;
    private final Pipeline pipeline;
    private final int batch;
    private int rows;

    JedisSinkWriter(String host, int port, int batch) {
        jedis = new Jedis(host, port);
        pipeline = jedis.pipelined();
        this.batch = batch;
    }

    @Override
    public void write(RowData row, Context context) {
        pipeline.set(row.getString(0).toBytes(), row.getString(1).toBytes());
        if (++rows >= batch) {
            flush(false);
        }
    }

    @Override
    public void flush(boolean endOfInput) {
        if (rows == 0) {
            return;
        }
        rows = 0;
        for (Object answer : pipeline.syncAndReturnAll()) {
            if (answer instanceof JedisDataException error) {
                throw error;
            }
        }
    }

    @Override
    public void close() {
        jedis.close();
    }
}
