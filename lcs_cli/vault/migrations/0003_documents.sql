-- Documents: sealed in chunks under a key of their own. The parts come first and the document last: it closes them,
-- for it is taken only when all of them are there, and from then on none is added. A rotation pours in this order.

CREATE TABLE document_chunk (
  document_id INTEGER NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY DEFERRED,
  number INTEGER NOT NULL CHECK (number > 0),
  sealed BLOB NOT NULL,
  PRIMARY KEY (document_id, number)
) STRICT, WITHOUT ROWID;

-- The children whom a child-protection document names.
CREATE TABLE document_child (
  document_id INTEGER NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY DEFERRED,
  person_id INTEGER NOT NULL REFERENCES person (id),
  PRIMARY KEY (document_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_of_child ON document_child (person_id);

-- What is kept for ever is sealed to the safeguarding leads, the rest under the contact key: its own key, that is,
-- under which the title and the chunks are sealed. A kind that the policy keeps is never put into the class that goes.
CREATE TABLE document (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER NOT NULL REFERENCES family (id),
  kind TEXT NOT NULL
    CHECK (kind IN ('electronic-referral', 'child-protection', 'accident-record', 'order', 'paper-scan', 'other')),
  class TEXT NOT NULL
    CHECK (class IN ('electronic-referral', 'child-protection-document', 'accident-record', 'document')),
  referral_id INTEGER REFERENCES referral (id),
  accident_id INTEGER REFERENCES accident (id),
  children INTEGER NOT NULL CHECK (children >= 0), -- how many it names; none means all of the family
  media TEXT NOT NULL CHECK (media IN ('pdf', 'jpeg', 'png', 'docx', 'eml', 'msg', 'txt', 'other')),
  size INTEGER NOT NULL CHECK (size BETWEEN 1 AND 20971520), -- bytes, as it was received
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  chunks INTEGER NOT NULL CHECK (chunks = (size + 65535) / 65536),
  title BLOB,
  key_for_contact BLOB,
  key_for_safeguarding BLOB,
  added_on TEXT NOT NULL CHECK (added_on IS date(added_on)),
  added_by TEXT NOT NULL,
  CHECK (class <> 'document' OR kind NOT IN ('electronic-referral', 'child-protection', 'accident-record')),
  CHECK ((class = 'document') = (key_for_contact IS NOT NULL)),
  CHECK ((class = 'document') = (key_for_safeguarding IS NULL)),
  CHECK (children = 0 OR class = 'child-protection-document'),
  CHECK (referral_id IS NULL OR kind = 'electronic-referral'),
  CHECK (accident_id IS NULL OR kind = 'accident-record')
) STRICT;
CREATE INDEX document_of_family ON document (family_id);

-- Kept indefinitely (policy 4.6): no statement deletes, rewrites or replaces a kept document or a part of it; and
-- what is not kept goes as a whole, and is not rewritten either.
CREATE TRIGGER document_is_kept BEFORE DELETE ON document WHEN OLD.class <> 'document'
  BEGIN SELECT raise(ABORT, 'policy 4.6: such documents are kept indefinitely'); END;
CREATE TRIGGER document_stays_as_received BEFORE UPDATE ON document
  BEGIN SELECT raise(ABORT, 'policy 4.6: documents are kept as they were received'); END;
CREATE TRIGGER document_is_not_replaced BEFORE INSERT ON document
  WHEN EXISTS (SELECT 1 FROM document WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: documents are never replaced'); END;
-- 28 bytes of each sealed chunk are its nonce and its tag.
CREATE TRIGGER document_is_whole BEFORE INSERT ON document
  WHEN (SELECT count(*) FROM document_child WHERE document_id = NEW.id) <> NEW.children
    OR (SELECT count(*) FROM document_chunk WHERE document_id = NEW.id) <> NEW.chunks
    OR (SELECT max(number) FROM document_chunk WHERE document_id = NEW.id) <> NEW.chunks
    OR (SELECT sum(length(sealed)) FROM document_chunk WHERE document_id = NEW.id) <> NEW.size + 28 * NEW.chunks
  BEGIN SELECT raise(ABORT, 'policy 4.6: a document is kept with all its parts'); END;
CREATE TRIGGER document_chunk_is_kept BEFORE DELETE ON document_chunk
  WHEN EXISTS (SELECT 1 FROM document WHERE id = OLD.document_id AND class <> 'document')
  BEGIN SELECT raise(ABORT, 'policy 4.6: such documents are kept indefinitely'); END;
CREATE TRIGGER document_chunk_stays BEFORE UPDATE ON document_chunk
  BEGIN SELECT raise(ABORT, 'policy 4.6: documents are kept as they were received'); END;
CREATE TRIGGER document_chunk_is_not_added BEFORE INSERT ON document_chunk
  WHEN EXISTS (SELECT 1 FROM document WHERE id = NEW.document_id)
    OR EXISTS (SELECT 1 FROM document_chunk WHERE document_id = NEW.document_id AND number = NEW.number)
  BEGIN SELECT raise(ABORT, 'policy 4.6: nothing is added to a document'); END;
CREATE TRIGGER document_child_is_kept BEFORE DELETE ON document_child
  BEGIN SELECT raise(ABORT, 'policy 4.6: the children of a document are kept indefinitely'); END;
CREATE TRIGGER document_child_stays BEFORE UPDATE ON document_child
  BEGIN SELECT raise(ABORT, 'policy 4.6: the children of a document stay as they were named'); END;
CREATE TRIGGER document_child_is_not_added BEFORE INSERT ON document_child
  WHEN EXISTS (SELECT 1 FROM document WHERE id = NEW.document_id)
    OR EXISTS (SELECT 1 FROM document_child WHERE document_id = NEW.document_id AND person_id = NEW.person_id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: no child is added to a document'); END;

-- A child whom a child-protection document concerns has a safeguarding file: the attendance is part of it.
CREATE TRIGGER attendance_of_documented_child_is_kept BEFORE DELETE ON attendance
  WHEN EXISTS (SELECT 1 FROM document_child WHERE person_id = OLD.child_id)
    OR EXISTS (SELECT 1 FROM document
      WHERE family_id = OLD.family_id AND class = 'child-protection-document' AND children = 0)
  BEGIN SELECT raise(ABORT, 'policy 4.6: the attendance is part of a safeguarding file'); END;
CREATE TRIGGER correction_of_documented_child_is_kept BEFORE DELETE ON superseded
  WHEN OLD.kind = 'attendance' AND (
    EXISTS (SELECT 1 FROM document_child WHERE person_id = OLD.content ->> 'child_id')
    OR EXISTS (SELECT 1 FROM document
      WHERE family_id = OLD.family_id AND class = 'child-protection-document' AND children = 0))
  BEGIN SELECT raise(ABORT, 'policy 4.6: the attendance is part of a safeguarding file'); END;

-- The people and the family that a kept document points at keep an identity stub.
CREATE TRIGGER documented_person_is_kept BEFORE DELETE ON person
  WHEN EXISTS (SELECT 1 FROM document WHERE family_id = OLD.family_id AND class <> 'document')
  BEGIN SELECT raise(ABORT, 'policy 4.6: a document kept indefinitely points at this person'); END;
CREATE TRIGGER documented_family_is_kept BEFORE DELETE ON family
  WHEN EXISTS (SELECT 1 FROM document WHERE family_id = OLD.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: documents point at this family'); END;

-- What a legal hold keeps.
CREATE TRIGGER document_on_hold_is_kept BEFORE DELETE ON document WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER document_chunk_on_hold_is_kept BEFORE DELETE ON document_chunk WHEN (SELECT family_id FROM document WHERE id = OLD.document_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
