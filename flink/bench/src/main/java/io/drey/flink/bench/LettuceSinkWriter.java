package io.drey.flink.bench;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.table.data.RowData;

/** SET, one command a row; at most {@code batch} of them wait for their answers. */
final class LettuceSinkWriter implements SinkWriter<RowData> {
    private final LettuceConnection connection;
    private final RedisAsyncCommands<byte[], byte[]> commands;
    private final int batch;
    private final ArrayDeque<RedisFuture<String>> underWay = new ArrayDeque<>();

    LettuceSinkWriter(String host, int port, int batch) {
        connection = new LettuceConnection(host, port);
        commands = connection.commands();
        this.batch = batch;
    }

    @Override
    public void write(RowData row, Context context) throws IOException, InterruptedException {
        if (underWay.size() >= batch) {
            await(underWay.remove());
        }
        underWay.add(commands.set(row.getString(0).toBytes(), row.getString(1).toBytes()));
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        while (!underWay.isEmpty()) {
            await(underWay.remove());
        }
    }

    private static void await(RedisFuture<String> answer) throws IOException, InterruptedException {
        try {
            answer.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
