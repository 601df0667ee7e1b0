package io.drey.flink;

import io.drey.flink.worker.FrameBuffer;
import io.drey.flink.worker.WorkerChannel;
import io.drey.flink.worker.Workers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;

/**
 * The worker's side of a lookup function, open, and how its frames are written and read.
 *
 * @param rows of the table
 * @param keys what it is asked by
 * @param places by column of a row, its place in a key
 */
record LookupConnection(WorkerChannel channel, RowCodec rows, RowCodec keys, int[] places) {
    private static final long OPEN_LIMIT_SECONDS = 120;
    /** Loading a whole table takes as long as it takes; the worker tells of its progress, and answers pings. */
    private static final long LOAD_LIMIT_SECONDS = 6 * 3600;

    /** Waits until Redis is connected and, where it is cached as a whole, the table is loaded. */
    static LookupConnection open(TableSpec spec, LookupKeys keys, boolean loadsAll, FunctionContext context)
            throws IOException {
        RowCodec rowCodec = spec.rowCodec();
        RowCodec keyCodec = keys.codec();
        long limit = loadsAll ? LOAD_LIMIT_SECONDS : OPEN_LIMIT_SECONDS;
        WorkerChannel channel = Workers.open(spec.worker(), spec.toJson(), limit);
        channel.onMetrics(new WorkerMetrics(context.getMetricGroup()));
        int[] places = keys.places(spec.columns().size());
        return new LookupConnection(channel, rowCodec, keyCodec, places);
    }

    /** Appends a key to a question, which begins with the number of its keys. */
    void ask(RowData key, FrameBuffer question) {
        keys.writeKey(key, question);
    }

    /** The keys of a question, for the reading of its answer. */
    AskedKeys asked(FrameBuffer question) {
        ByteBuffer body = question.body();
        body.getInt();
        return new AskedKeys(body, keys.columns());
    }

    /** The rows of the next key. */
    Collection<RowData> answer(ByteBuffer answer, AskedKeys asked) {
        asked.next();
        return rows.readRows(answer, asked, places);
    }
}
