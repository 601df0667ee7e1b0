package io.drey.flink;

import io.drey.flink.worker.FrameBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.LookupFunction;

/** Asks for one key at a time and waits: the fallback where a plan has to be synchronous. */
public class RedisLookupFunction extends LookupFunction {
    private static final long serialVersionUID = 1L;
    private static final long ANSWER_LIMIT_SECONDS = 180;

    private final TableSpec spec;
    private final LookupKeys keys;
    private final boolean loadsAll;
    private transient LookupConnection connection;

    RedisLookupFunction(TableSpec spec, LookupKeys keys, boolean loadsAll) {
        this.spec = spec;
        this.keys = keys;
        this.loadsAll = loadsAll;
    }

    @Override
    public void open(FunctionContext context) throws IOException {
        connection = LookupConnection.open(spec, keys, loadsAll, context);
    }

    @Override
    public Collection<RowData> lookup(RowData key) throws IOException {
        FrameBuffer frame = new FrameBuffer(128);
        frame.putInt(1);
        connection.ask(keys.askedPart(key), frame);
        ByteBuffer answer = connection.channel().lookup(frame, ANSWER_LIMIT_SECONDS);
        answer.getInt();
        return keys.matching(connection.answer(answer, connection.asked(frame)), keys.comparedPart(key));
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.channel().close();
        }
    }
}
