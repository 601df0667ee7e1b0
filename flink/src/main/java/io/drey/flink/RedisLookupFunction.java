package io.drey.flink;

import io.drey.flink.worker.FrameBuffer;
import io.drey.flink.worker.WorkerChannel;
import io.drey.flink.worker.Workers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.LookupFunction;

/** Asks for one key at a time and waits: the fallback where a plan has to be synchronous. */
public class RedisLookupFunction extends LookupFunction {
    private static final long serialVersionUID = 1L;
    static final long OPEN_LIMIT_SECONDS = 120;
    /** Loading a whole table takes as long as it takes; the worker tells of its progress, and answers pings. */
    static final long LOAD_LIMIT_SECONDS = 6 * 3600;

    private static final long ANSWER_LIMIT_SECONDS = 180;

    private final TableSpec spec;
    private final LookupKeys keys;
    private final boolean loadsAll;
    private transient WorkerChannel channel;
    private transient RowCodec rowCodec;
    private transient RowCodec keyCodec;

    RedisLookupFunction(TableSpec spec, LookupKeys keys, boolean loadsAll) {
        this.spec = spec;
        this.keys = keys;
        this.loadsAll = loadsAll;
    }

    @Override
    public void open(FunctionContext context) throws IOException {
        rowCodec = new RowCodec(spec.types());
        keyCodec = new RowCodec(keys.askedTypes());
        channel = Workers.open(spec.worker(), spec.toJson(), loadsAll ? LOAD_LIMIT_SECONDS : OPEN_LIMIT_SECONDS);
    }

    @Override
    public Collection<RowData> lookup(RowData key) throws IOException {
        FrameBuffer frame = new FrameBuffer(128);
        frame.putInt(1);
        keyCodec.writeKey(keys.askedPart(key), frame);
        ByteBuffer answer = channel.lookup(frame, ANSWER_LIMIT_SECONDS);
        answer.getInt();
        return keys.matching(rowCodec.readRows(answer), keys.comparedPart(key));
    }

    @Override
    public void close() {
        if (channel != null) {
            channel.close();
        }
    }
}
