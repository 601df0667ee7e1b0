package io.drey.flink.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;

/** A connection of bytes, with the threads that Lettuce needs for it. */
final class LettuceConnection implements AutoCloseable {
    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;

    LettuceConnection(String host, int port) {
        client = RedisClient.create(RedisURI.create(host, port));
        connection = client.connect(ByteArrayCodec.INSTANCE);
    }

    RedisAsyncCommands<byte[], byte[]> commands() {
        return connection.async();
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
