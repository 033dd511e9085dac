-- The register of files on paper (policy 4.5). It only grows, and outlives the families it points at: no foreign key.
-- Where a file lies and what it is goes when the paper has gone; until then it is needed to find it.

CREATE TABLE paper (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER NOT NULL CHECK (family_id > 0),
  kind TEXT NOT NULL CHECK (kind IN ('electronic-referral', 'child-protection', 'accident-record', 'order', 'other')),
  class TEXT NOT NULL
    CHECK (class IN ('electronic-referral', 'child-protection-document', 'accident-record', 'document')),
  children INTEGER NOT NULL CHECK (children >= 0), -- how many it names; none means all of the family
  description TEXT CHECK (description <> ''),
  registered_on TEXT NOT NULL CHECK (registered_on IS date(registered_on)),
  registered_by TEXT NOT NULL,
  released_on TEXT CHECK (released_on IS date(released_on)), -- when the family's disposal was carried out
  method TEXT CHECK (method IN ('shredded', 'confidential-waste', 'returned-to-referrer')),
  destroyed_on TEXT CHECK (destroyed_on IS date(destroyed_on)),
  destroyed_by TEXT,
  witness TEXT CHECK (witness <> destroyed_by),
  recorded_on TEXT CHECK (recorded_on IS date(recorded_on) AND recorded_on >= destroyed_on),
  recorded_by TEXT,
  CHECK (class <> 'document' OR kind NOT IN ('electronic-referral', 'child-protection', 'accident-record')),
  CHECK (children = 0 OR class = 'child-protection-document'),
  CHECK (class = 'document' OR (released_on IS NULL AND destroyed_on IS NULL)),
  CHECK ((destroyed_on IS NULL) = (description IS NOT NULL)),
  CHECK ((destroyed_on IS NULL) = (method IS NULL)),
  CHECK ((destroyed_on IS NULL) = (destroyed_by IS NULL)),
  CHECK ((destroyed_on IS NULL) = (witness IS NULL)),
  CHECK ((destroyed_on IS NULL) = (recorded_on IS NULL)),
  CHECK ((destroyed_on IS NULL) = (recorded_by IS NULL))
) STRICT;
CREATE INDEX paper_of_family ON paper (family_id);
CREATE INDEX paper_to_destroy ON paper (id) WHERE released_on IS NOT NULL AND destroyed_on IS NULL;

CREATE TABLE paper_child (
  paper_id INTEGER NOT NULL REFERENCES paper (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  PRIMARY KEY (paper_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_of_child ON paper_child (person_id);

CREATE TABLE paper_position (
  paper_id INTEGER NOT NULL REFERENCES paper (id),
  number INTEGER NOT NULL CHECK (number > 0),
  place TEXT CHECK (place <> ''),
  holder TEXT CHECK (holder <> ''),
  since TEXT NOT NULL CHECK (since IS date(since)),
  reason TEXT CHECK (reason <> ''),
  recorded_on TEXT NOT NULL CHECK (recorded_on IS date(recorded_on) AND recorded_on >= since),
  recorded_by TEXT NOT NULL,
  PRIMARY KEY (paper_id, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER paper_is_kept BEFORE DELETE ON paper
  BEGIN SELECT raise(ABORT, 'policy 4.5: the register of paper files only grows'); END;
CREATE TRIGGER paper_is_not_replaced BEFORE INSERT ON paper WHEN EXISTS (SELECT 1 FROM paper WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.5: the register of paper files only grows'); END;
-- Two things happen to a file on paper, each once: its family's disposal releases it, and it is destroyed.
CREATE TRIGGER paper_stays_as_registered BEFORE UPDATE ON paper
  WHEN NEW.id <> OLD.id OR NEW.family_id <> OLD.family_id OR NEW.kind <> OLD.kind OR NEW.class <> OLD.class
    OR NEW.children <> OLD.children OR NEW.registered_on <> OLD.registered_on
    OR NEW.registered_by <> OLD.registered_by OR OLD.destroyed_on IS NOT NULL
    OR (NEW.destroyed_on IS NULL AND NEW.description IS NOT OLD.description)
    OR (OLD.released_on IS NOT NULL AND NEW.released_on IS NOT OLD.released_on)
  BEGIN SELECT raise(ABORT, 'policy 4.5: the register of paper files stays as it was written'); END;
CREATE TRIGGER kept_paper_is_kept BEFORE UPDATE ON paper
  WHEN OLD.class <> 'document' AND (NEW.destroyed_on IS NOT NULL OR NEW.released_on IS NOT NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.6: such paper is kept indefinitely'); END;
CREATE TRIGGER paper_child_is_kept BEFORE DELETE ON paper_child
  BEGIN SELECT raise(ABORT, 'policy 4.5: the register of paper files only grows'); END;
CREATE TRIGGER paper_child_stays BEFORE UPDATE ON paper_child
  BEGIN SELECT raise(ABORT, 'policy 4.5: the register of paper files stays as it was written'); END;
CREATE TRIGGER paper_child_is_as_registered BEFORE INSERT ON paper_child
  WHEN EXISTS (SELECT 1 FROM paper_child WHERE paper_id = NEW.paper_id AND person_id = NEW.person_id)
    OR (SELECT count(*) FROM paper_child WHERE paper_id = NEW.paper_id)
      >= coalesce((SELECT children FROM paper WHERE id = NEW.paper_id), 0)
  BEGIN SELECT raise(ABORT, 'policy 4.5: no child is added to a paper file'); END;
CREATE TRIGGER paper_position_is_kept BEFORE DELETE ON paper_position
  BEGIN SELECT raise(ABORT, 'policy 4.5: the register of paper files only grows'); END;
-- Once the paper has gone, the texts go; a position is never another one.
CREATE TRIGGER paper_position_stays BEFORE UPDATE ON paper_position
  WHEN NEW.paper_id <> OLD.paper_id OR NEW.number <> OLD.number OR NEW.since <> OLD.since
    OR NEW.recorded_on <> OLD.recorded_on OR NEW.recorded_by <> OLD.recorded_by
    OR NEW.place IS NOT NULL OR NEW.holder IS NOT NULL OR NEW.reason IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM paper WHERE id = OLD.paper_id AND destroyed_on IS NOT NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.5: the register of paper files stays as it was written'); END;
CREATE TRIGGER paper_position_follows BEFORE INSERT ON paper_position
  WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM paper_position WHERE paper_id = NEW.paper_id)
    OR (NEW.place IS NULL) <> EXISTS (SELECT 1 FROM paper WHERE id = NEW.paper_id AND destroyed_on IS NOT NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.5: the register of paper files only grows'); END;

-- Paper that is kept for ever points at its family as a document does: a stub says whose it is.
CREATE TRIGGER attendance_of_child_on_paper_is_kept BEFORE DELETE ON attendance
  WHEN EXISTS (SELECT 1 FROM paper_child WHERE person_id = OLD.child_id)
    OR EXISTS (SELECT 1 FROM paper
      WHERE family_id = OLD.family_id AND class = 'child-protection-document' AND children = 0)
  BEGIN SELECT raise(ABORT, 'policy 4.6: the attendance is part of a safeguarding file'); END;
CREATE TRIGGER correction_of_child_on_paper_is_kept BEFORE DELETE ON superseded
  WHEN OLD.kind = 'attendance' AND (
    EXISTS (SELECT 1 FROM paper_child WHERE person_id = OLD.content ->> 'child_id')
    OR EXISTS (SELECT 1 FROM paper
      WHERE family_id = OLD.family_id AND class = 'child-protection-document' AND children = 0))
  BEGIN SELECT raise(ABORT, 'policy 4.6: the attendance is part of a safeguarding file'); END;
CREATE TRIGGER person_on_paper_is_kept BEFORE DELETE ON person
  WHEN EXISTS (SELECT 1 FROM paper WHERE family_id = OLD.family_id AND class <> 'document')
  BEGIN SELECT raise(ABORT, 'policy 4.6: paper kept indefinitely points at this person'); END;
CREATE TRIGGER family_on_paper_is_kept BEFORE DELETE ON family
  WHEN EXISTS (SELECT 1 FROM paper WHERE family_id = OLD.id AND class <> 'document')
  BEGIN SELECT raise(ABORT, 'policy 4.6: paper kept indefinitely points at this family'); END;
