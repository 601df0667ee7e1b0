package io.drey.flink;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.lookup.AsyncLookupFunctionProvider;
import org.apache.flink.table.connector.source.lookup.LookupFunctionProvider;
import org.apache.flink.table.connector.source.lookup.PartialCachingAsyncLookupProvider;
import org.apache.flink.table.connector.source.lookup.PartialCachingLookupProvider;
import org.apache.flink.table.connector.source.lookup.cache.DefaultLookupCache;
import org.apache.flink.table.connector.source.lookup.cache.LookupCache;
import org.apache.flink.table.functions.AsyncLookupFunction;
import org.apache.flink.table.functions.LookupFunction;

/**
 * Planning object of a Redis table that a lookup join asks. It offers both kinds of functions: Flink takes the asynchronous one,
 * which asks for many keys at once and keeps the order of rows unless the job allows otherwise, and the other where its plan has
 * to be synchronous.
 */
public class RedisLookupTableSource implements LookupTableSource, ScanTableSource {
    private final TableSpec spec;
    private final RedisOptions options;

    RedisLookupTableSource(TableSpec spec, RedisOptions options) {
        this.spec = spec;
        this.options = options;
    }

    @Override
    public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
        LookupKeys keys = LookupKeys.of(spec, context.getKeys());
        boolean cachedHere = isCachedHere();
        TableSpec asked = (cachedHere ? spec.withOptions(withoutCache()) : spec).withKeys(keys.asked());
        boolean loadsAll = "ALL".equals(option("cache"));
        RedisLookupFunction function = new RedisLookupFunction(asked, keys, loadsAll);
        RedisAsyncLookupFunction asyncFunction = new RedisAsyncLookupFunction(asked, keys, loadsAll);
        return cachedHere
                ? new CachedFunctions(function, asyncFunction, cache())
                : new Functions(function, asyncFunction);
    }

    private String option(String key) {
        return options.get(spec.options(), key);
    }

    /**
     * LRU is a cache of Flink, beside the join. The whole table (ALL) is the worker's, one for all joins of the process, and a
     * cache that Redis invalidates stands where the invalidations arrive.
     */
    private boolean isCachedHere() {
        return "LRU".equals(option("cache")) && "none".equalsIgnoreCase(option("cache.invalidation"));
    }

    private Map<String, String> withoutCache() {
        Map<String, String> others = new HashMap<>(spec.options());
        for (String key : new String[] {"cache", "cacheSize", "cacheTTLMs", "cacheEmpty"}) {
            others.remove(key);
        }
        return others;
    }

    private LookupCache cache() {
        DefaultLookupCache.Builder cache = DefaultLookupCache.newBuilder()
                .maximumSize(Long.parseLong(option("cacheSize").trim()))
                .cacheMissingKey(Boolean.parseBoolean(option("cacheEmpty").trim()));
        String ttl = option("cacheTTLMs");
        if (ttl != null && Long.parseLong(ttl.trim()) > 0) {
            cache.expireAfterWrite(Duration.ofMillis(Long.parseLong(ttl.trim())));
        }
        return cache.build();
    }

    /** Both functions; Flink chooses. */
    private static class Functions implements LookupFunctionProvider, AsyncLookupFunctionProvider {
        private final LookupFunction function;
        private final AsyncLookupFunction asyncFunction;

        Functions(LookupFunction function, AsyncLookupFunction asyncFunction) {
            this.function = function;
            this.asyncFunction = asyncFunction;
        }

        @Override
        public LookupFunction createLookupFunction() {
            return function;
        }

        @Override
        public AsyncLookupFunction createAsyncLookupFunction() {
            return asyncFunction;
        }
    }

    /** Both functions behind a cache. */
    private static final class CachedFunctions extends Functions
            implements PartialCachingLookupProvider, PartialCachingAsyncLookupProvider {
        private final LookupCache cache;

        CachedFunctions(LookupFunction function, AsyncLookupFunction asyncFunction, LookupCache cache) {
            super(function, asyncFunction);
            this.cache = cache;
        }

        @Override
        public LookupCache getCache() {
            return cache;
        }
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return ChangelogMode.insertOnly();
    }

    /** Says what the table is for. */
    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        throw new ValidationException(ConnectorData.get().message("scan", Map.of("table", spec.name())));
    }

    @Override
    public DynamicTableSource copy() {
        return new RedisLookupTableSource(spec, options);
    }

    @Override
    public String asSummaryString() {
        return "Redis";
    }
}
