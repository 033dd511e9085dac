-- The staff register: who works here, their checks (policy 4.4), their undertakings (policy 4.1), and which sessions
-- they are named to supervise. Of a certificate there is the number: what it says has no column.

CREATE TABLE staff_member (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  name TEXT NOT NULL CHECK (name <> ''),
  capacity TEXT NOT NULL CHECK (capacity IN ('staff', 'volunteer')),
  user TEXT, -- the reference of the slot that is theirs, also after it is gone
  joined_on TEXT NOT NULL CHECK (joined_on IS date(joined_on)),
  left_on TEXT CHECK (left_on IS date(left_on) AND left_on >= joined_on), -- the last day
  left_reason TEXT CHECK (left_reason <> ''),
  salt TEXT NOT NULL CHECK (length(salt) = 32), -- goes with the entry, so that its digest confirms no guess afterwards
  changed INTEGER NOT NULL,
  CHECK ((left_on IS NULL) = (left_reason IS NULL))
) STRICT;
CREATE UNIQUE INDEX one_staff_member_a_slot ON staff_member (user) WHERE left_on IS NULL;

-- Either a certificate that was seen, with the decision on it, or what the Update Service said of one.
CREATE TABLE vetting_check (
  staff_id INTEGER NOT NULL REFERENCES staff_member (id),
  number INTEGER NOT NULL CHECK (number > 0),
  certificate TEXT NOT NULL CHECK (certificate GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
  level TEXT CHECK (level IN ('enhanced', 'standard', 'basic')),
  barred_list INTEGER CHECK (barred_list IN (0, 1)),
  issued_on TEXT CHECK (issued_on IS date(issued_on)),
  decision TEXT CHECK (decision IN ('cleared', 'not-cleared', 'pending')),
  decided_on TEXT CHECK (decided_on IS date(decided_on) AND decided_on >= issued_on),
  decided_by TEXT,
  update_status TEXT CHECK (update_status IN ('current', 'changed')),
  checked_on TEXT CHECK (checked_on IS date(checked_on)),
  seen_by TEXT NOT NULL,
  recorded_on TEXT NOT NULL CHECK (recorded_on IS date(recorded_on) AND recorded_on >= coalesce(decided_on, issued_on, checked_on)),
  recorded_by TEXT NOT NULL,
  policy_version INTEGER NOT NULL REFERENCES policy_version (number),
  rules_hash TEXT NOT NULL,
  PRIMARY KEY (staff_id, number),
  CHECK ((update_status IS NULL) = (checked_on IS NULL)),
  CHECK ((level IS NULL) = (update_status IS NOT NULL)),
  CHECK ((level IS NULL) = (barred_list IS NULL)),
  CHECK ((level IS NULL) = (issued_on IS NULL)),
  CHECK ((level IS NULL) = (decision IS NULL)),
  CHECK ((coalesce(decision, 'pending') = 'pending') = (decided_on IS NULL)),
  CHECK ((decided_on IS NULL) = (decided_by IS NULL))
) STRICT, WITHOUT ROWID;

-- That whoever is named as having decided on a clearance by somebody else says so themselves.
CREATE TABLE vetting_confirmation (
  staff_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  confirmed_on TEXT NOT NULL CHECK (confirmed_on IS date(confirmed_on)),
  confirmed_by TEXT NOT NULL,
  PRIMARY KEY (staff_id, number),
  FOREIGN KEY (staff_id, number) REFERENCES vetting_check (staff_id, number)
) STRICT, WITHOUT ROWID;

-- Who has signed the confidentiality undertaking, and under which version of the policy.
CREATE TABLE undertaking (
  staff_id INTEGER NOT NULL REFERENCES staff_member (id),
  signed_on TEXT NOT NULL CHECK (signed_on IS date(signed_on)),
  policy_version INTEGER NOT NULL REFERENCES policy_version (number),
  recorded_on TEXT NOT NULL CHECK (recorded_on IS date(recorded_on) AND recorded_on >= signed_on),
  recorded_by TEXT NOT NULL,
  PRIMARY KEY (staff_id, signed_on)
) STRICT, WITHOUT ROWID;

-- Who was named to supervise a session; the last naming counts, the former ones stay with the reason of the next.
CREATE TABLE supervision (
  family_id INTEGER NOT NULL,
  session_id INTEGER NOT NULL,
  naming INTEGER NOT NULL CHECK (naming > 0),
  staff_id INTEGER NOT NULL, -- whoever it was: the entry may be disposed of before the session is
  position TEXT NOT NULL CHECK (position IN ('alone', 'accompanied', 'with')),
  named_on TEXT NOT NULL CHECK (named_on IS date(named_on)),
  named_by TEXT NOT NULL,
  reason TEXT CHECK (reason <> ''), -- why the former naming was replaced, or why somebody is named only afterwards
  PRIMARY KEY (family_id, session_id, naming, staff_id),
  FOREIGN KEY (family_id, session_id) REFERENCES contact_session (family_id, id),
  CHECK (naming = 1 OR reason IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX supervision_by_staff ON supervision (staff_id);

-- Whom a concern names: somebody who works or worked here. Their entry then belongs to the safeguarding file.
CREATE TABLE flag_staff (
  flag_id INTEGER NOT NULL REFERENCES flag (id),
  staff_id INTEGER NOT NULL REFERENCES staff_member (id),
  named_on TEXT NOT NULL CHECK (named_on IS date(named_on)),
  named_by TEXT NOT NULL,
  PRIMARY KEY (flag_id, staff_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX flag_naming_staff ON flag_staff (staff_id);
CREATE TRIGGER flag_staff_is_kept BEFORE DELETE ON flag_staff
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept indefinitely'); END;
CREATE TRIGGER flag_staff_stays BEFORE UPDATE ON flag_staff
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept as they were raised'); END;
CREATE TRIGGER flag_staff_is_not_replaced BEFORE INSERT ON flag_staff
  WHEN EXISTS (SELECT 1 FROM flag_staff WHERE flag_id = NEW.flag_id AND staff_id = NEW.staff_id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept as they were raised'); END;

-- Whose entry an approved disposal takes: they had left by then, nothing holds it, and no concern names them.
CREATE VIEW staff_to_go AS
  SELECT m.id FROM staff_member AS m JOIN review AS r ON r.staff_id = m.id
  WHERE r.outcome = 'dispose' AND r.state = 'approved' AND m.left_on <= r.due_on AND r.due_on <= r.approved_on
    AND NOT EXISTS (SELECT 1 FROM flag_staff WHERE flag_staff.staff_id = m.id)
    AND NOT EXISTS (SELECT 1 FROM legal_hold AS h WHERE h.staff_id = m.id AND h.released_on IS NULL
      AND coalesce(h.until, r.approved_on) >= r.approved_on);

-- The register only grows, but for what an approved disposal takes.
CREATE TRIGGER staff_member_is_kept BEFORE DELETE ON staff_member WHEN OLD.id NOT IN (SELECT id FROM staff_to_go)
  BEGIN SELECT raise(ABORT, 'policy 4.4: the staff register only grows, but for an approved disposal'); END;
CREATE TRIGGER staff_member_is_not_replaced BEFORE INSERT ON staff_member
  WHEN EXISTS (SELECT 1 FROM staff_member WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.4: somebody on the staff register is corrected, never replaced'); END;
CREATE TRIGGER staff_member_keeps_its_number BEFORE UPDATE OF id ON staff_member WHEN NEW.id <> OLD.id
  BEGIN SELECT raise(ABORT, 'a reference is never used twice'); END;
CREATE TRIGGER staff_member_is_corrected_with_what_it_was BEFORE UPDATE ON staff_member
  WHEN NOT EXISTS (SELECT 1 FROM superseded WHERE kind = 'staff_member' AND record_id = OLD.id
    AND changed = OLD.changed AND superseded = NEW.changed)
  BEGIN SELECT raise(ABORT, 'policy 4.4: a correction of the staff register keeps what it was'); END;
CREATE TRIGGER correction_of_the_staff_register_is_kept BEFORE DELETE ON superseded
  WHEN OLD.kind = 'staff_member' AND OLD.record_id NOT IN (SELECT id FROM staff_to_go)
  BEGIN SELECT raise(ABORT, 'policy 4.4: a correction of the staff register keeps what it was'); END;
CREATE TRIGGER vetting_check_is_kept BEFORE DELETE ON vetting_check
  WHEN OLD.staff_id NOT IN (SELECT id FROM staff_to_go)
  BEGIN SELECT raise(ABORT, 'policy 4.4: checks are kept as they were recorded'); END;
CREATE TRIGGER vetting_check_stays BEFORE UPDATE ON vetting_check
  BEGIN SELECT raise(ABORT, 'policy 4.4: checks are kept as they were recorded'); END;
CREATE TRIGGER vetting_check_is_not_replaced BEFORE INSERT ON vetting_check
  WHEN EXISTS (SELECT 1 FROM vetting_check WHERE staff_id = NEW.staff_id AND number = NEW.number)
  BEGIN SELECT raise(ABORT, 'policy 4.4: checks are kept as they were recorded'); END;
CREATE TRIGGER confirmation_is_by_whoever_decided BEFORE INSERT ON vetting_confirmation
  WHEN NOT EXISTS (SELECT 1 FROM vetting_check WHERE staff_id = NEW.staff_id AND number = NEW.number
    AND decision = 'cleared' AND decided_by = NEW.confirmed_by AND recorded_by <> NEW.confirmed_by
    AND recorded_on <= NEW.confirmed_on)
  BEGIN SELECT raise(ABORT, 'policy 4.4: a clearance is confirmed by whoever decided on it'); END;
CREATE TRIGGER confirmation_is_kept BEFORE DELETE ON vetting_confirmation
  WHEN OLD.staff_id NOT IN (SELECT id FROM staff_to_go)
  BEGIN SELECT raise(ABORT, 'policy 4.4: confirmations are kept as they were recorded'); END;
CREATE TRIGGER confirmation_stays BEFORE UPDATE ON vetting_confirmation
  BEGIN SELECT raise(ABORT, 'policy 4.4: confirmations are kept as they were recorded'); END;
CREATE TRIGGER confirmation_is_not_replaced BEFORE INSERT ON vetting_confirmation
  WHEN EXISTS (SELECT 1 FROM vetting_confirmation WHERE staff_id = NEW.staff_id AND number = NEW.number)
  BEGIN SELECT raise(ABORT, 'policy 4.4: confirmations are kept as they were recorded'); END;
CREATE TRIGGER undertaking_is_kept BEFORE DELETE ON undertaking
  WHEN OLD.staff_id NOT IN (SELECT id FROM staff_to_go)
  BEGIN SELECT raise(ABORT, 'policy 4.1: undertakings are kept as they were recorded'); END;
CREATE TRIGGER undertaking_stays BEFORE UPDATE ON undertaking
  BEGIN SELECT raise(ABORT, 'policy 4.1: undertakings are kept as they were recorded'); END;
CREATE TRIGGER undertaking_is_not_replaced BEFORE INSERT ON undertaking
  WHEN EXISTS (SELECT 1 FROM undertaking WHERE staff_id = NEW.staff_id AND signed_on = NEW.signed_on)
  BEGIN SELECT raise(ABORT, 'policy 4.1: undertakings are kept as they were recorded'); END;
CREATE TRIGGER supervision_stays BEFORE UPDATE ON supervision
  BEGIN SELECT raise(ABORT, 'policy 4.4: who was named to supervise is never rewritten'); END;
CREATE TRIGGER supervision_is_not_replaced BEFORE INSERT ON supervision
  WHEN EXISTS (SELECT 1 FROM supervision WHERE family_id = NEW.family_id AND session_id = NEW.session_id
    AND naming = NEW.naming AND staff_id = NEW.staff_id)
  BEGIN SELECT raise(ABORT, 'policy 4.4: who was named to supervise is never rewritten'); END;
CREATE TRIGGER supervision_goes_with_its_family BEFORE DELETE ON supervision
  WHEN NOT EXISTS (SELECT 1 FROM review WHERE family_id = OLD.family_id AND state = 'approved')
    OR EXISTS (SELECT 1 FROM episode WHERE family_id = OLD.family_id AND closed_on IS NULL)
  BEGIN SELECT raise(ABORT, 'policy 4.4: who was named to supervise goes with its family, by an approved disposal'); END;

-- What a legal hold keeps.
CREATE TRIGGER supervision_on_hold_is_kept BEFORE DELETE ON supervision WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
