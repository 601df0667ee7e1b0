CREATE TABLE t (a STRING) WITH ('connector' = 'print);
