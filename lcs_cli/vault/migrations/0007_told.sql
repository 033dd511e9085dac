-- What was told otherwise than by export: the parts of an entry of the register, added one by one and never changed.

CREATE INDEX disclosure_told ON disclosure (id) WHERE kind IN ('told', 'not-told');

-- Words are sealed as a flag's narrative is, bound to vault, entry and part; the rest is references and words of rules.
CREATE TABLE disclosure_part (
  disclosure_id INTEGER NOT NULL REFERENCES disclosure (id),
  name TEXT NOT NULL CHECK (name IN ('how', 'at', 'decided_by', 'concern', 'person_told', 'consents',
    'alone', 'confirmed', 'what', 'why', 'why_not_told', 'order')),
  value TEXT CHECK (value <> ''),
  sealed BLOB,
  added_on TEXT NOT NULL CHECK (added_on IS date(added_on)),
  added_at TEXT NOT NULL, -- the moment
  added_by TEXT NOT NULL,
  PRIMARY KEY (disclosure_id, name),
  CHECK ((value IS NULL) <> (sealed IS NULL)),
  CHECK ((sealed IS NULL) = (name NOT IN ('what', 'why', 'why_not_told', 'order')))
) STRICT, WITHOUT ROWID;
CREATE INDEX disclosure_in_words ON disclosure_part (disclosure_id) WHERE sealed IS NOT NULL;

-- Entered with the last part: until then an entry waits for a person, and nothing of its family is due.
CREATE TABLE disclosure_completion (
  disclosure_id INTEGER PRIMARY KEY REFERENCES disclosure (id),
  completed_on TEXT NOT NULL CHECK (completed_on IS date(completed_on)),
  completed_by TEXT NOT NULL
) STRICT;

CREATE TRIGGER disclosure_part_is_kept BEFORE DELETE ON disclosure_part
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept indefinitely'); END;
CREATE TRIGGER disclosure_part_stays BEFORE UPDATE ON disclosure_part
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept as they were written'); END;
CREATE TRIGGER disclosure_part_is_not_replaced BEFORE INSERT ON disclosure_part
  WHEN EXISTS (SELECT 1 FROM disclosure_part WHERE disclosure_id = NEW.disclosure_id AND name = NEW.name)
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept as they were written'); END;
CREATE TRIGGER complete_disclosure_stays BEFORE INSERT ON disclosure_part
  WHEN EXISTS (SELECT 1 FROM disclosure_completion WHERE disclosure_id = NEW.disclosure_id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: nothing is added to a disclosure that is complete'); END;
CREATE TRIGGER disclosure_completion_is_kept BEFORE DELETE ON disclosure_completion
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER disclosure_completion_stays BEFORE UPDATE ON disclosure_completion
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER disclosure_completion_is_not_replaced BEFORE INSERT ON disclosure_completion
  WHEN EXISTS (SELECT 1 FROM disclosure_completion WHERE disclosure_id = NEW.disclosure_id)
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;

-- Words name no child, and so concern every child of the family, as a flag that names none does: they keep what
-- belongs to a safeguarding file, and a stub of everybody.
CREATE TRIGGER attendance_of_told_child_is_kept BEFORE DELETE ON attendance
  WHEN EXISTS (SELECT 1 FROM disclosure_family JOIN disclosure_part USING (disclosure_id)
    WHERE family_id = OLD.family_id AND sealed IS NOT NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.6: the attendance is part of a safeguarding file'); END;
CREATE TRIGGER correction_of_told_child_is_kept BEFORE DELETE ON superseded
  WHEN OLD.kind = 'attendance' AND EXISTS (SELECT 1 FROM disclosure_family JOIN disclosure_part USING (disclosure_id)
    WHERE family_id = OLD.family_id AND sealed IS NOT NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.6: the attendance is part of a safeguarding file'); END;
CREATE TRIGGER person_of_a_disclosure_is_kept BEFORE DELETE ON person
  WHEN EXISTS (SELECT 1 FROM disclosure_family JOIN disclosure_part USING (disclosure_id)
    WHERE family_id = OLD.family_id AND sealed IS NOT NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a record kept indefinitely points at this person'); END;
CREATE TRIGGER family_of_a_disclosure_is_kept BEFORE DELETE ON family
  WHEN EXISTS (SELECT 1 FROM disclosure_family JOIN disclosure_part USING (disclosure_id)
    WHERE family_id = OLD.id AND sealed IS NOT NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.6: records point at this family'); END;
