CREATE TABLE t (a STRING, a INT) WITH ('connector' = 'print');
SELECT * FROM t;
