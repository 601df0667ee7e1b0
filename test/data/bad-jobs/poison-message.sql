CREATE TABLE src (id STRING, n INT) WITH ('connector' = 'filesystem', 'path' = '{{POISON}}', 'format' = 'json');
SELECT id, n FROM src;
