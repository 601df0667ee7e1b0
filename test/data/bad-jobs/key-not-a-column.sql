CREATE TABLE t (a STRING, PRIMARY KEY (b) NOT ENFORCED) WITH ('connector' = 'print');
