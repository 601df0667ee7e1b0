-- No server at all: generated rows into the embedded Redis of this process, then read back by a lookup.
CREATE TEMPORARY TABLE generated (
  id   BIGINT,
  name STRING
) WITH (
  'connector'          = 'datagen',
  'number-of-rows'     = '100',
  'fields.id.kind'     = 'sequence',
  'fields.id.start'    = '1',
  'fields.id.end'      = '100',
  'fields.name.length' = '8'
);

CREATE TEMPORARY TABLE names (
  id   STRING,
  name STRING,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'redis',
  'host'      = 'embedded',
  'mode'      = 'STRING'
);

INSERT INTO names SELECT CAST(id AS STRING), name FROM generated;
