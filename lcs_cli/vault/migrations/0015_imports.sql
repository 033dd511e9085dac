-- Which records came from a spreadsheet, so that the same rows are not brought in twice.

-- Digests of what a row was called there, and of all that it said: with the file of which they tell they go.
CREATE TABLE imported (
  kind TEXT NOT NULL CHECK (kind IN ('families', 'people', 'referrers', 'sessions', 'attendance', 'staff')),
  key TEXT NOT NULL CHECK (length(key) = 64),
  content TEXT NOT NULL CHECK (length(content) = 64),
  record_id INTEGER NOT NULL CHECK (record_id > 0), -- its number; of attendance that of the session
  family_id INTEGER REFERENCES family (id),
  staff_id INTEGER REFERENCES staff_member (id),
  referrer_id INTEGER REFERENCES referrer (id),
  CHECK ((family_id NOTNULL) + (staff_id NOTNULL) + (referrer_id NOTNULL) = 1),
  PRIMARY KEY (kind, key)
) STRICT;
CREATE INDEX imported_of_family ON imported (family_id);
CREATE INDEX imported_of_staff ON imported (staff_id);
CREATE INDEX imported_of_referrer ON imported (referrer_id);

CREATE TRIGGER imported_stays BEFORE UPDATE ON imported
  BEGIN SELECT raise(ABORT, 'policy 4.6: where a record came from stays as it was'); END;
CREATE TRIGGER imported_is_not_replaced BEFORE INSERT ON imported
  WHEN EXISTS (SELECT 1 FROM imported WHERE kind = NEW.kind AND key = NEW.key)
  BEGIN SELECT raise(ABORT, 'policy 4.6: where a record came from stays as it was'); END;
CREATE TRIGGER imported_on_hold_is_kept BEFORE DELETE ON imported WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
