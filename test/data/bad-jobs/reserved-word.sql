CREATE TABLE t (value STRING, order STRING) WITH ('connector' = 'print');
