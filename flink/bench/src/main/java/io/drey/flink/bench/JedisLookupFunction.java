package io.drey.flink.bench;

import java.util.Collection;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.LookupFunction;
import redis.clients.jedis.Jedis;

/** GET, one key at a time. */
public final class JedisLookupFunction extends LookupFunction {
    private static final long serialVersionUID = 1L;

    private final String host;
    private final int port;
    private transient Jedis jedis;

    JedisLookupFunction(String host, int port) {
        this.host = host;
        this.port = port;
    }

    @Override
    public void open(FunctionContext context) {
        jedis = new Jedis(host, port);
    }

    @Override
    public Collection<RowData> lookup(RowData key) {
        StringData id = key.getString(0);
        byte[] value = jedis.get(id.toBytes());
        return value == null ? List.of() : List.of(GenericRowData.of(id, StringData.fromBytes(value)));
    }

    @Override
    public void close() {
        if (jedis != null) {
            jedis.close();
        }
    }
}
