-- SORTEDSET: a score board a game. ZADD game score player
CREATE TEMPORARY TABLE results (
  game   STRING,
  player STRING,
  points BIGINT
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'game_results',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'drey-game-results',
  'format'                       = 'json',
  'scan.startup.mode'            = 'earliest-offset'
);

CREATE TEMPORARY TABLE score_boards (
  game   STRING,   -- key
  score  DOUBLE,   -- score
  player STRING,   -- member
  PRIMARY KEY (game) NOT ENFORCED
) WITH (
  'connector' = 'redis',
  'host'      = '127.0.0.1',
  'port'      = '6379',
  'mode'      = 'SORTEDSET'
);

INSERT INTO score_boards
SELECT game, CAST(points AS DOUBLE), player FROM results WHERE player IS NOT NULL AND points IS NOT NULL;
