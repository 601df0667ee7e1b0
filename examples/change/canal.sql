-- A MySQL table's changes (Canal) as sets: PRIMARY KEY (key, member) lets an update or a delete take out the member alone.
-- Flink 2.3 asks what shall happen when several rows of the source have one (team, person): here, the newest counts.
SET 'table.exec.sink.require-on-conflict' = 'false';

CREATE TEMPORARY TABLE memberships (
  membership_id STRING,
  team          STRING,
  person        STRING,
  PRIMARY KEY (membership_id) NOT ENFORCED
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'hr_binlog',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'drey-memberships',
  'format'                       = 'canal-json',
  'canal-json.database.include'  = 'hr',
  'canal-json.table.include'     = 'memberships',
  'scan.startup.mode'            = 'earliest-offset'
);

CREATE TEMPORARY TABLE team_members (
  team   STRING,
  person STRING,
  PRIMARY KEY (team, person) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'SET',
  'key-prefix'           = 'team',
  'key-prefix-delimiter' = ':'
);

INSERT INTO team_members SELECT team, person FROM memberships;
