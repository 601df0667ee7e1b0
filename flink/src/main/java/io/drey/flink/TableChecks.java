package io.drey.flink;

import io.drey.flink.worker.Json;
import io.drey.flink.worker.WorkerException;
import io.drey.flink.worker.Workers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a worker check a table while the job is planned, so that the user sees at once what would end the job later. */
final class TableChecks {
    private static final Logger LOG = LoggerFactory.getLogger(TableChecks.class);
    private static final long LIMIT_SECONDS = 30;

    private TableChecks() {}

    /**
     * Checks columns, primary key and options together.
     *
     * @throws ValidationException in the connector core's words. Nothing happens where there is no node program: then the job says it
     */
    static void check(TableSpec spec) {
        String answer;
        try {
            answer = Workers.describe(spec.worker(), spec.toJson(), LIMIT_SECONDS);
        } catch (WorkerException e) {
            if (e.code() == WorkerException.VALIDATION) {
                throw new ValidationException(e.getMessage(), e.getCause());
            }
            throw new IllegalStateException(e);
        } catch (IOException e) {
            LOG.info("Table {} is checked when the job runs, not here: {}", spec.name(), e.getMessage());
            return;
        }
        Map<?, ?> description = (Map<?, ?>) Json.parse(answer);
        for (Object warning : (List<?>) description.get("warnings")) {
            LOG.warn("Table {}: {}", spec.name(), warning);
        }
    }
}
