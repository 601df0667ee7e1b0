package io.drey.flink.bench;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.AsyncLookupFunction;
import org.apache.flink.table.functions.FunctionContext;

/** GET, one command a key; Flink bounds how many are under way. */
public final class LettuceLookupFunction extends AsyncLookupFunction {
    private static final long serialVersionUID = 1L;

    private final String host;
    private final int port;
    private transient LettuceConnection connection;

    LettuceLookupFunction(String host, int port) {
        this.host = host;
        this.port = port;
    }

    @Override
    public void open(FunctionContext context) {
        connection = new LettuceConnection(host, port);
    }

    @Override
    public CompletableFuture<Collection<RowData>> asyncLookup(RowData key) {
        StringData id = key.getString(0);
        return connection
                .commands()
                .get(id.toBytes())
                .<Collection<RowData>>thenApply(value ->
                        value == null ? List.of() : List.of(GenericRowData.of(id, StringData.fromBytes(value))))
                .toCompletableFuture();
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.close();
        }
    }
}
