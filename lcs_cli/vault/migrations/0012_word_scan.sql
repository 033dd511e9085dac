-- Wording that was found in a file before its disposal, and that a safeguarding lead has looked at and cleared.

-- The digest is over exactly those texts and the list that found them: another text is not cleared by it. It goes with
-- the file, of which it says something.
CREATE TABLE word_clearing (
  family_id INTEGER REFERENCES family (id),
  staff_id INTEGER REFERENCES staff_member (id),
  digest TEXT NOT NULL CHECK (length(digest) = 64),
  hits INTEGER NOT NULL CHECK (hits > 0), -- fields in which something was found
  cleared_on TEXT NOT NULL CHECK (cleared_on IS date(cleared_on)),
  cleared_by TEXT NOT NULL,
  policy_version INTEGER NOT NULL REFERENCES policy_version (number),
  rules_hash TEXT NOT NULL,
  CHECK ((family_id IS NULL) <> (staff_id IS NULL))
) STRICT;
CREATE INDEX clearing_of_family ON word_clearing (family_id);
CREATE INDEX clearing_of_staff ON word_clearing (staff_id);

CREATE TRIGGER word_clearing_stays BEFORE UPDATE ON word_clearing
  BEGIN SELECT raise(ABORT, 'policy 4.6: what was cleared stays as it was'); END;
CREATE TRIGGER word_clearing_is_by_somebody_else BEFORE INSERT ON word_clearing
  WHEN EXISTS (SELECT 1 FROM review WHERE family_id IS NEW.family_id AND staff_id IS NEW.staff_id
    AND reviewed_by = NEW.cleared_by AND state IN ('proposed', 'approved'))
  BEGIN SELECT raise(ABORT, 'policy 4.6: nobody is on both sides of one decision'); END;
CREATE TRIGGER word_clearing_on_hold_is_kept BEFORE DELETE ON word_clearing WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
