-- Requests for the records held about somebody (policy 4.6). They go with the family's file, once they have ended.

CREATE TABLE access_request (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER NOT NULL REFERENCES family (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL CHECK (kind IN ('young-person', 'own', 'parent')),
  received_on TEXT NOT NULL CHECK (received_on IS date(received_on)),
  recorded_on TEXT NOT NULL CHECK (recorded_on IS date(recorded_on) AND recorded_on >= received_on),
  recorded_by TEXT NOT NULL,
  recorded_change INTEGER NOT NULL, -- who it came through may be corrected later
  referrer_id INTEGER REFERENCES referrer (id), -- the authority it came through
  parent_id INTEGER REFERENCES person (id),
  asker TEXT CHECK (asker <> ''),
  evidence TEXT CHECK (evidence <> ''),
  checked_on TEXT CHECK (checked_on IS date(checked_on)),
  checked_by TEXT,
  checked_how TEXT CHECK (checked_how <> ''),
  extended_on TEXT CHECK (extended_on IS date(extended_on)), -- the day on which who asks was told
  extended_by TEXT,
  extended_because TEXT CHECK (extended_because <> ''),
  outcome TEXT CHECK (outcome <> ''), -- 'released', or why it was closed
  ended_on TEXT CHECK (ended_on IS date(ended_on)),
  ended_by TEXT,
  ended_because TEXT CHECK (ended_because <> ''),
  CHECK ((kind = 'young-person') = (referrer_id IS NOT NULL)),
  CHECK ((kind = 'parent') = (parent_id IS NOT NULL)),
  CHECK (parent_id <> person_id),
  CHECK ((checked_on IS NULL) = (checked_by IS NULL) AND (checked_on IS NULL) = (checked_how IS NULL)),
  CHECK ((extended_on IS NULL) = (extended_by IS NULL) AND (extended_on IS NULL) = (extended_because IS NULL)),
  CHECK ((outcome IS NULL) = (ended_on IS NULL) AND (outcome IS NULL) = (ended_by IS NULL)),
  CHECK (outcome <> 'released' OR checked_on IS NOT NULL)
) STRICT;
CREATE INDEX request_of_family ON access_request (family_id);
CREATE INDEX request_of_person ON access_request (person_id);

-- Days that do not count: from the first, up to the day before the last.
CREATE TABLE request_pause (
  request_id INTEGER NOT NULL REFERENCES access_request (id),
  from_on TEXT NOT NULL CHECK (from_on IS date(from_on)),
  reason TEXT NOT NULL CHECK (reason IN ('identity', 'clarification')),
  because TEXT NOT NULL CHECK (because <> ''),
  to_on TEXT CHECK (to_on IS date(to_on) AND to_on >= from_on),
  resumed_because TEXT CHECK (resumed_because <> ''),
  CHECK ((to_on IS NULL) = (resumed_because IS NULL)),
  PRIMARY KEY (request_id, from_on)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_open_pause ON request_pause (request_id) WHERE to_on IS NULL;

-- What was decided about each thing that was found; the last decision about it counts. The words and the redacted text
-- are sealed to the safeguarding leads, bound to request, number and item.
CREATE TABLE request_decision (
  request_id INTEGER NOT NULL REFERENCES access_request (id),
  number INTEGER NOT NULL CHECK (number > 0),
  item TEXT NOT NULL CHECK (item <> ''),
  state TEXT NOT NULL CHECK (state IN ('cleared', 'withheld')),
  reason TEXT CHECK (reason <> ''),
  seen TEXT NOT NULL, -- which state of the record was decided about
  words BLOB,
  redacted BLOB,
  decided_on TEXT NOT NULL CHECK (decided_on IS date(decided_on)),
  decided_by TEXT NOT NULL,
  policy_version INTEGER NOT NULL REFERENCES policy_version (number),
  rules_hash TEXT NOT NULL,
  CHECK ((state = 'withheld') = (reason IS NOT NULL)),
  CHECK ((state = 'withheld') = (words IS NOT NULL)),
  CHECK (state = 'cleared' OR redacted IS NULL),
  PRIMARY KEY (request_id, number)
) STRICT, WITHOUT ROWID;

-- Which entries of the register were bundles of a request.
CREATE TABLE request_bundle (
  request_id INTEGER NOT NULL REFERENCES access_request (id),
  disclosure_id INTEGER NOT NULL REFERENCES disclosure (id),
  PRIMARY KEY (request_id, disclosure_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX bundle_of_disclosure ON request_bundle (disclosure_id);

-- A request stays as it was received, and what ended it stays; an open one is kept.
CREATE TRIGGER request_is_kept_while_open BEFORE DELETE ON access_request WHEN OLD.ended_on IS NULL
  BEGIN SELECT raise(ABORT, 'policy 4.6: an open request is kept'); END;
CREATE TRIGGER request_is_not_replaced BEFORE INSERT ON access_request
  WHEN EXISTS (SELECT 1 FROM access_request WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a request is never replaced'); END;
CREATE TRIGGER request_stays_as_received BEFORE UPDATE ON access_request
  WHEN NEW.id <> OLD.id OR NEW.family_id <> OLD.family_id OR NEW.person_id <> OLD.person_id OR NEW.kind <> OLD.kind
    OR NEW.received_on <> OLD.received_on OR NEW.recorded_on <> OLD.recorded_on OR NEW.recorded_by <> OLD.recorded_by
    OR NEW.recorded_change <> OLD.recorded_change
    OR NEW.referrer_id IS NOT OLD.referrer_id OR NEW.parent_id IS NOT OLD.parent_id
    OR NEW.asker IS NOT OLD.asker OR NEW.evidence IS NOT OLD.evidence
    OR (OLD.checked_on IS NOT NULL AND (NEW.checked_on IS NOT OLD.checked_on OR NEW.checked_by IS NOT OLD.checked_by
      OR NEW.checked_how IS NOT OLD.checked_how))
    OR (OLD.extended_on IS NOT NULL AND (NEW.extended_on IS NOT OLD.extended_on
      OR NEW.extended_by IS NOT OLD.extended_by OR NEW.extended_because IS NOT OLD.extended_because))
    OR OLD.ended_on IS NOT NULL
  BEGIN SELECT raise(ABORT, 'policy 4.6: a request stays as it was received and decided'); END;
CREATE TRIGGER request_pause_is_kept_while_open BEFORE DELETE ON request_pause
  WHEN EXISTS (SELECT 1 FROM access_request WHERE id = OLD.request_id AND ended_on IS NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.6: an open request is kept'); END;
CREATE TRIGGER request_pause_is_not_replaced BEFORE INSERT ON request_pause
  WHEN EXISTS (SELECT 1 FROM request_pause WHERE request_id = NEW.request_id AND from_on = NEW.from_on)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a pause is never replaced'); END;
CREATE TRIGGER request_pause_stays BEFORE UPDATE ON request_pause
  WHEN NEW.request_id <> OLD.request_id OR NEW.from_on <> OLD.from_on OR NEW.reason <> OLD.reason
    OR NEW.because <> OLD.because OR OLD.to_on IS NOT NULL
  BEGIN SELECT raise(ABORT, 'policy 4.6: a pause stays as it was'); END;
CREATE TRIGGER request_decision_is_kept_while_open BEFORE DELETE ON request_decision
  WHEN EXISTS (SELECT 1 FROM access_request WHERE id = OLD.request_id AND ended_on IS NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.6: an open request is kept'); END;
CREATE TRIGGER request_decision_is_not_replaced BEFORE INSERT ON request_decision
  WHEN EXISTS (SELECT 1 FROM request_decision WHERE request_id = NEW.request_id AND number = NEW.number)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a decision is never replaced'); END;
CREATE TRIGGER request_decision_stays BEFORE UPDATE ON request_decision
  BEGIN SELECT raise(ABORT, 'policy 4.6: what was decided stays as it was'); END;
CREATE TRIGGER request_bundle_is_kept_while_open BEFORE DELETE ON request_bundle
  WHEN EXISTS (SELECT 1 FROM access_request WHERE id = OLD.request_id AND ended_on IS NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.6: an open request is kept'); END;
CREATE TRIGGER request_bundle_is_not_replaced BEFORE INSERT ON request_bundle
  WHEN EXISTS (SELECT 1 FROM request_bundle WHERE disclosure_id = NEW.disclosure_id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: what was released stays on record'); END;
CREATE TRIGGER request_bundle_stays BEFORE UPDATE ON request_bundle
  BEGIN SELECT raise(ABORT, 'policy 4.6: what was released stays on record'); END;

-- What a legal hold keeps.
CREATE TRIGGER access_request_on_hold_is_kept BEFORE DELETE ON access_request WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER request_pause_on_hold_is_kept BEFORE DELETE ON request_pause WHEN (SELECT family_id FROM access_request WHERE id = OLD.request_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER request_decision_on_hold_is_kept BEFORE DELETE ON request_decision WHEN (SELECT family_id FROM access_request WHERE id = OLD.request_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER request_bundle_on_hold_is_kept BEFORE DELETE ON request_bundle WHEN (SELECT family_id FROM access_request WHERE id = OLD.request_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
