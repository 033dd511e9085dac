-- What whoever keeps an identity stub was called, or said to be, before a correction: it stays with the stub when the
-- correction goes. A stub never goes, for nothing that it stands for does; no more does what belongs to it.
CREATE TABLE former_identity (
  id INTEGER PRIMARY KEY CHECK (id > 0), -- the number of the correction that it was part of
  family_id INTEGER NOT NULL REFERENCES family (id),
  person_id INTEGER REFERENCES person (id), -- none: the family itself was called so
  given_name TEXT CHECK (given_name <> ''),
  family_name TEXT NOT NULL CHECK (family_name <> ''),
  date_of_birth TEXT CHECK (date_of_birth IS date(date_of_birth)),
  relationship TEXT,
  CHECK (iif(person_id IS NULL, coalesce(given_name, date_of_birth, relationship) IS NULL, given_name NOTNULL))
) STRICT;
CREATE INDEX former_identity_of_family ON former_identity (family_id);
CREATE INDEX former_identity_of_person ON former_identity (person_id);
CREATE TRIGGER former_identity_is_kept BEFORE DELETE ON former_identity
  BEGIN SELECT raise(ABORT, 'policy 4.6: the names used stay with an identity stub'); END;
CREATE TRIGGER former_identity_stays BEFORE UPDATE ON former_identity
  BEGIN SELECT raise(ABORT, 'policy 4.6: the names used stay with an identity stub'); END;
CREATE TRIGGER former_identity_is_not_replaced BEFORE INSERT ON former_identity
  WHEN EXISTS (SELECT 1 FROM former_identity WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: the names used stay with an identity stub'); END;

-- So a correction of somebody who stays, and of a family of which something stays, goes only once its names are there.
CREATE TRIGGER former_name_of_a_person_is_kept BEFORE DELETE ON superseded
  WHEN OLD.kind = 'person' AND EXISTS (SELECT 1 FROM person WHERE id = OLD.record_id)
    AND NOT EXISTS (SELECT 1 FROM former_identity WHERE id = OLD.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: the names used stay with an identity stub'); END;
CREATE TRIGGER former_name_of_a_family_is_kept BEFORE DELETE ON superseded
  WHEN OLD.kind = 'family' AND NOT EXISTS (SELECT 1 FROM former_identity WHERE id = OLD.id) AND (
    EXISTS (SELECT 1 FROM person WHERE family_id = OLD.record_id)
    OR EXISTS (SELECT 1 FROM referral WHERE family_id = OLD.record_id AND electronic = 1)
    OR EXISTS (SELECT 1 FROM flag WHERE family_id = OLD.record_id)
    OR EXISTS (SELECT 1 FROM accident WHERE family_id = OLD.record_id)
    OR EXISTS (SELECT 1 FROM document WHERE family_id = OLD.record_id AND class <> 'document')
    OR EXISTS (SELECT 1 FROM paper WHERE family_id = OLD.record_id AND class <> 'document')
    OR EXISTS (SELECT 1 FROM disclosure_family JOIN disclosure_part USING (disclosure_id)
      WHERE family_id = OLD.record_id AND sealed NOTNULL))
  BEGIN SELECT raise(ABORT, 'policy 4.6: the names used stay with an identity stub'); END;
