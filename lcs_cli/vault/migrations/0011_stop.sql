-- Disposals stopped by somebody, and let go on by somebody: one stop at a time, and the history of all of them.
-- The reason is somebody's own words, and goes when the stop is released.

CREATE TABLE disposal_stop (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  reason TEXT CHECK (reason <> ''),
  pulled_at TEXT NOT NULL CHECK (pulled_at GLOB '????-??-??T??:??:??Z'),
  pulled_by TEXT NOT NULL,
  released_at TEXT CHECK (released_at GLOB '????-??-??T??:??:??Z'),
  released_by TEXT,
  CHECK ((released_at IS NULL) = (released_by IS NULL) AND (released_at IS NULL) = (reason IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_stop_at_a_time ON disposal_stop (released_at IS NULL) WHERE released_at IS NULL;

CREATE TRIGGER disposal_stop_is_kept BEFORE DELETE ON disposal_stop
  BEGIN SELECT raise(ABORT, 'policy 4.6: every stop of the disposals is kept'); END;
CREATE TRIGGER disposal_stop_stays BEFORE UPDATE ON disposal_stop
  WHEN NEW.id <> OLD.id OR NEW.pulled_at <> OLD.pulled_at OR NEW.pulled_by <> OLD.pulled_by
    OR OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
  BEGIN SELECT raise(ABORT, 'policy 4.6: a stop of the disposals is released once, and stays on record'); END;
CREATE TRIGGER disposal_stop_is_not_replaced BEFORE INSERT ON disposal_stop
  WHEN EXISTS (SELECT 1 FROM disposal_stop WHERE id = NEW.id OR released_at IS NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.6: every stop of the disposals is kept'); END;
