-- The spine: families, sessions, attendance, flags, accidents, the registers and the audit trail.
-- Dates are ISO days, times are local wall-clock HH:MM, moments are UTC. Numbers come from `counter`,
-- never from rowids, so that a reference is never used twice.

CREATE TABLE vault (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  vault TEXT NOT NULL,
  epoch INTEGER NOT NULL CHECK (epoch > 0),
  header TEXT NOT NULL -- of that epoch, as it is in the folder or will be
) STRICT;

CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL CHECK (value >= 0)) STRICT, WITHOUT ROWID;

-- The rule files come first and the version last: it closes them, and from then on none is added. A rotation pours in
-- this order.
CREATE TABLE policy_rules (
  version INTEGER NOT NULL REFERENCES policy_version (number) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (version, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy_version (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  effective_on TEXT NOT NULL CHECK (effective_on IS date(effective_on)),
  published_on TEXT NOT NULL CHECK (published_on IS date(published_on)),
  published_by TEXT NOT NULL,
  approved_by TEXT CHECK (approved_by <> ''), -- the body or meeting that approved it; none for what init published
  rules_hash TEXT NOT NULL CHECK (length(rules_hash) = 64) -- over all its files
) STRICT;

CREATE TABLE family (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  name TEXT NOT NULL CHECK (name <> ''),
  disposed_on TEXT CHECK (disposed_on IS date(disposed_on)),
  changed INTEGER NOT NULL
) STRICT;

CREATE TABLE episode (
  family_id INTEGER NOT NULL REFERENCES family (id),
  number INTEGER NOT NULL,
  opened_on TEXT NOT NULL CHECK (opened_on IS date(opened_on)),
  closed_on TEXT CHECK (closed_on IS date(closed_on) AND closed_on >= opened_on),
  PRIMARY KEY (family_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_open_episode ON episode (family_id) WHERE closed_on IS NULL;

CREATE TABLE person (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER NOT NULL REFERENCES family (id),
  kind TEXT NOT NULL CHECK (kind IN ('child', 'adult')),
  given_name TEXT NOT NULL CHECK (given_name <> ''),
  family_name TEXT NOT NULL CHECK (family_name <> ''),
  date_of_birth TEXT CHECK (date_of_birth IS date(date_of_birth)),
  relationship TEXT,
  changed INTEGER NOT NULL
) STRICT;
CREATE INDEX person_of_family ON person (family_id);

-- Each detail is sealed on its own under the contact key, bound to vault, person and field.
CREATE TABLE contact_detail (
  person_id INTEGER NOT NULL REFERENCES person (id),
  field TEXT NOT NULL CHECK (field IN ('address', 'telephone', 'email')),
  sealed BLOB NOT NULL,
  changed INTEGER NOT NULL,
  PRIMARY KEY (person_id, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE referrer (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  name TEXT NOT NULL CHECK (name <> ''),
  kind TEXT NOT NULL CHECK (kind IN ('local-authority', 'cafcass', 'court', 'police', 'health', 'solicitor', 'family',
    'successor-body')),
  changed INTEGER NOT NULL
) STRICT;

CREATE TABLE referral (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER NOT NULL REFERENCES family (id),
  referrer_id INTEGER NOT NULL REFERENCES referrer (id),
  received_on TEXT NOT NULL CHECK (received_on IS date(received_on)),
  electronic INTEGER NOT NULL CHECK (electronic IN (0, 1)),
  case_reference TEXT,
  outcome TEXT NOT NULL CHECK (outcome IN ('pending', 'accepted', 'declined', 'ended')),
  decided_on TEXT CHECK (decided_on IS date(decided_on)),
  ended_on TEXT CHECK (ended_on IS date(ended_on)),
  changed INTEGER NOT NULL,
  CHECK ((outcome = 'pending') = (decided_on IS NULL)),
  CHECK ((outcome = 'ended') = (ended_on IS NOT NULL))
) STRICT;
CREATE INDEX referral_of_family ON referral (family_id, referrer_id);
CREATE INDEX referral_of_referrer ON referral (referrer_id);

-- Rows of one family lie together: an export or a disposal reads one stretch of the file.
CREATE TABLE contact_session (
  family_id INTEGER NOT NULL REFERENCES family (id),
  id INTEGER NOT NULL CHECK (id > 0),
  held_on TEXT NOT NULL CHECK (held_on IS date(held_on)),
  starts TEXT NOT NULL CHECK (starts GLOB '[0-2][0-9]:[0-5][0-9]'),
  ends TEXT NOT NULL CHECK (ends GLOB '[0-2][0-9]:[0-5][0-9]' AND ends > starts),
  room TEXT,
  note TEXT,
  cancelled_on TEXT CHECK (cancelled_on IS date(cancelled_on)),
  cancel_reason TEXT,
  changed INTEGER NOT NULL,
  PRIMARY KEY (family_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX session_by_number ON contact_session (id);
CREATE INDEX session_by_day ON contact_session (held_on);
CREATE INDEX use_of_family ON contact_session (family_id, held_on) WHERE cancelled_on IS NULL;

CREATE TABLE attendance (
  family_id INTEGER NOT NULL,
  session_id INTEGER NOT NULL,
  child_id INTEGER NOT NULL REFERENCES person (id),
  attended INTEGER NOT NULL CHECK (attended IN (0, 1)),
  arrived TEXT CHECK (arrived GLOB '[0-2][0-9]:[0-5][0-9]'),
  departed TEXT CHECK (departed GLOB '[0-2][0-9]:[0-5][0-9]' AND departed > arrived),
  changed INTEGER NOT NULL,
  PRIMARY KEY (family_id, session_id, child_id),
  FOREIGN KEY (family_id, session_id) REFERENCES contact_session (family_id, id),
  CHECK ((attended = 1) = (arrived IS NOT NULL)),
  CHECK ((attended = 1) = (departed IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX attendance_of_child ON attendance (child_id);

-- The narrative and the outcome are sealed to the safeguarding leads (HPKE), bound to vault and flag.
CREATE TABLE flag (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER NOT NULL REFERENCES family (id),
  category TEXT NOT NULL,
  raised_on TEXT NOT NULL CHECK (raised_on IS date(raised_on)),
  raised_by TEXT NOT NULL,
  narrative BLOB NOT NULL,
  children INTEGER NOT NULL CHECK (children >= 0), -- how many it names; none means all of the family
  closed_on TEXT CHECK (closed_on IS date(closed_on)),
  closed_by TEXT,
  outcome BLOB,
  changed INTEGER NOT NULL
) STRICT;
CREATE INDEX flag_of_family ON flag (family_id);

CREATE TABLE flag_child (
  flag_id INTEGER NOT NULL REFERENCES flag (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  PRIMARY KEY (flag_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX flag_of_child ON flag_child (person_id);

-- The narrative is sealed as a flag's is, bound to vault and accident.
CREATE TABLE accident (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER NOT NULL REFERENCES family (id),
  happened_on TEXT NOT NULL CHECK (happened_on IS date(happened_on)),
  happened_at TEXT CHECK (happened_at GLOB '[0-2][0-9]:[0-5][0-9]'), -- where somebody knows the time
  recorded_on TEXT NOT NULL CHECK (recorded_on IS date(recorded_on) AND recorded_on >= happened_on),
  recorded_by TEXT NOT NULL,
  narrative BLOB NOT NULL,
  children INTEGER NOT NULL CHECK (children >= 0) -- how many it names
) STRICT;
CREATE INDEX accident_of_family ON accident (family_id);

CREATE TABLE accident_child (
  accident_id INTEGER NOT NULL REFERENCES accident (id),
  person_id INTEGER NOT NULL REFERENCES person (id),
  PRIMARY KEY (accident_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX accident_of_child ON accident_child (person_id);

-- What a correction replaced: the whole former row, which held from change `changed` until change `superseded`.
CREATE TABLE superseded (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER REFERENCES family (id),
  kind TEXT NOT NULL,
  record_id INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  superseded INTEGER NOT NULL,
  content TEXT NOT NULL CHECK (json_valid(content)),
  fields TEXT NOT NULL, -- the names of what changed
  reason TEXT NOT NULL CHECK (reason <> ''),
  corrected_on TEXT NOT NULL CHECK (corrected_on IS date(corrected_on)),
  corrected_by TEXT NOT NULL
) STRICT;
CREATE INDEX superseded_of_family ON superseded (family_id, kind, superseded);

CREATE TABLE legal_hold ( -- on a family's file, or on an entry of the staff register
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER REFERENCES family (id),
  staff_id INTEGER REFERENCES staff_member (id),
  kind TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''),
  placed_on TEXT NOT NULL CHECK (placed_on IS date(placed_on)),
  placed_by TEXT NOT NULL,
  until TEXT CHECK (until IS date(until)),
  released_on TEXT CHECK (released_on IS date(released_on)),
  released_by TEXT CHECK (released_by <> placed_by),
  owner TEXT NOT NULL, -- who is asked about it: when it has ended, and every year where it has no end
  confirmed_on TEXT CHECK (confirmed_on IS date(confirmed_on) AND confirmed_on >= placed_on),
  confirmed_by TEXT,
  CHECK ((family_id IS NULL) <> (staff_id IS NULL)),
  CHECK ((released_on IS NULL) = (released_by IS NULL)),
  CHECK ((confirmed_on IS NULL) = (confirmed_by IS NULL))
) STRICT;
CREATE INDEX hold_of_family ON legal_hold (family_id);
CREATE INDEX hold_of_staff ON legal_hold (staff_id);

-- The families of which nothing is deleted. A disposal says first on which day it is made: what ended before that day
-- is in force no more. Without a disposal, a hold that nobody released is in force, whatever day somebody says it is.
CREATE VIEW on_hold AS
  SELECT family_id FROM legal_hold JOIN family ON family.id = family_id
  WHERE released_on IS NULL AND (until IS NULL OR disposed_on IS NULL OR until >= disposed_on);

CREATE TABLE review ( -- of a family's file, or of an entry of the staff register, which goes before its review does
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER REFERENCES family (id),
  staff_id INTEGER REFERENCES staff_member (id) DEFERRABLE INITIALLY DEFERRED,
  outcome TEXT NOT NULL CHECK (outcome IN ('dispose', 'keep')),
  state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'returned', 'kept')),
  due_on TEXT NOT NULL CHECK (due_on IS date(due_on)),
  rule TEXT NOT NULL,
  clause TEXT NOT NULL,
  facts_hash TEXT NOT NULL,
  policy_version INTEGER NOT NULL REFERENCES policy_version (number),
  rules_hash TEXT NOT NULL,
  reason TEXT,
  until TEXT CHECK (until IS date(until)),
  reviewed_on TEXT NOT NULL CHECK (reviewed_on IS date(reviewed_on)),
  reviewed_by TEXT NOT NULL,
  approved_on TEXT CHECK (approved_on IS date(approved_on)),
  approved_by TEXT CHECK (approved_by <> reviewed_by),
  list_hash TEXT,
  CHECK ((family_id IS NULL) <> (staff_id IS NULL)),
  CHECK ((state = 'approved') <= (approved_by IS NOT NULL AND list_hash IS NOT NULL)),
  CHECK ((outcome = 'keep') = (state = 'kept')),
  CHECK ((outcome = 'keep') = (until IS NOT NULL))
) STRICT;
CREATE INDEX review_of_family ON review (family_id);
CREATE INDEX review_of_staff ON review (staff_id);
CREATE UNIQUE INDEX one_live_review ON review (family_id) WHERE state IN ('proposed', 'approved');
CREATE UNIQUE INDEX one_live_review_of_staff ON review (staff_id) WHERE state IN ('proposed', 'approved');

-- The register of disclosures: references, counts and hashes. It outlives the families it points at.
CREATE TABLE disclosure (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  kind TEXT NOT NULL CHECK (kind IN ('export', 'told', 'not-told', 'report', 'bundle', 'handover')),
  made_at TEXT NOT NULL, -- when it was registered
  made_on TEXT NOT NULL CHECK (made_on IS date(made_on)), -- the local day on which it was made, for the retention clock
  made_by TEXT NOT NULL,
  ground TEXT NOT NULL,
  rule TEXT NOT NULL,
  clause TEXT NOT NULL,
  recipient TEXT NOT NULL CHECK (recipient <> ''), -- what kind of body or person it is
  referrer_id INTEGER REFERENCES referrer (id), -- where the register of referrers has them
  purpose TEXT NOT NULL,
  fields TEXT NOT NULL,
  policy_version INTEGER NOT NULL REFERENCES policy_version (number),
  rules_hash TEXT NOT NULL
) STRICT;
CREATE INDEX disclosure_to_referrer ON disclosure (referrer_id);

-- What an export was made of, so that it can be repeated.
CREATE TABLE export (
  disclosure_id INTEGER PRIMARY KEY REFERENCES disclosure (id),
  format TEXT NOT NULL,
  after_change INTEGER NOT NULL,
  up_to_change INTEGER NOT NULL,
  from_on TEXT CHECK (from_on IS date(from_on)),
  to_on TEXT CHECK (to_on IS date(to_on)),
  row_count INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  since INTEGER NOT NULL CHECK (since IN (0, 1)),
  repeats INTEGER REFERENCES disclosure (id)
) STRICT;

CREATE TABLE disclosure_family (
  disclosure_id INTEGER NOT NULL REFERENCES disclosure (id),
  family_id INTEGER NOT NULL,
  referral_id INTEGER,
  from_on TEXT CHECK (from_on IS date(from_on)),
  after_change INTEGER NOT NULL,
  PRIMARY KEY (disclosure_id, family_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX disclosure_of_family ON disclosure_family (family_id);

-- Entered when what was registered has its name or is about to be printed: a running series goes on from there.
CREATE TABLE disclosure_release (disclosure_id INTEGER PRIMARY KEY REFERENCES disclosure (id)) STRICT;

CREATE TABLE certificate (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  issued_on TEXT NOT NULL CHECK (issued_on IS date(issued_on)),
  content TEXT NOT NULL CHECK (json_valid(content))
) STRICT;

-- Append-only and hash-chained; the detail lies beside its entry, under a salted digest: one that is gone is missed.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
  refs TEXT NOT NULL CHECK (json_valid(refs)),
  detail_digest TEXT NOT NULL,
  previous TEXT NOT NULL,
  digest TEXT NOT NULL,
  signature BLOB NOT NULL -- of who acted, over the digest
) STRICT;
-- Which entries accept that the trail is not the one that was seen, certified with the managers' key.
CREATE TABLE acceptance (seq INTEGER PRIMARY KEY REFERENCES audit (seq), certificate BLOB NOT NULL) STRICT;
CREATE TABLE audit_detail (
  seq INTEGER PRIMARY KEY REFERENCES audit (seq),
  detail TEXT NOT NULL CHECK (json_valid(detail))
) STRICT;

-- Whose signature counts from which entry on, certified with the managers' key; no key where somebody left.
CREATE TABLE signer (
  user TEXT NOT NULL,
  since INTEGER NOT NULL CHECK (since > 0),
  public BLOB NOT NULL CHECK (length(public) IN (0, 32)),
  certificate BLOB NOT NULL,
  PRIMARY KEY (user, since)
) STRICT, WITHOUT ROWID;

-- A key that its holder has sealed to somebody, and once more to a manager, until one signs that they may have it.
CREATE TABLE entrusted_key (
  user TEXT NOT NULL,
  name TEXT NOT NULL,
  manager TEXT NOT NULL,
  generation INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (user, name, manager)
) STRICT, WITHOUT ROWID;

-- Kept indefinitely (policy 4.6): no statement deletes these rows, rewrites what they say, or replaces them.
CREATE TRIGGER flag_is_kept BEFORE DELETE ON flag
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept indefinitely'); END;
CREATE TRIGGER flag_is_not_replaced BEFORE INSERT ON flag WHEN EXISTS (SELECT 1 FROM flag WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept indefinitely'); END;
CREATE TRIGGER flag_stays_as_raised BEFORE UPDATE ON flag
  WHEN NEW.id <> OLD.id OR NEW.family_id <> OLD.family_id OR NEW.raised_on <> OLD.raised_on
    OR NEW.raised_by <> OLD.raised_by OR NEW.narrative <> OLD.narrative OR NEW.category <> OLD.category
    OR NEW.children <> OLD.children OR (NEW.outcome IS NOT OLD.outcome AND NEW.closed_on IS NULL) OR OLD.closed_on IS NOT NULL
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept as they were raised'); END;
CREATE TRIGGER flag_child_is_kept BEFORE DELETE ON flag_child
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept indefinitely'); END;
CREATE TRIGGER flag_child_stays BEFORE UPDATE ON flag_child
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept as they were raised'); END;
CREATE TRIGGER flag_child_is_as_raised BEFORE INSERT ON flag_child
  WHEN EXISTS (SELECT 1 FROM flag_child WHERE flag_id = NEW.flag_id AND person_id = NEW.person_id)
    OR (SELECT count(*) FROM flag_child WHERE flag_id = NEW.flag_id)
      >= coalesce((SELECT children FROM flag WHERE id = NEW.flag_id), 0)
  BEGIN SELECT raise(ABORT, 'policy 4.6: safeguarding files are kept as they were raised'); END;

CREATE TRIGGER accident_is_kept BEFORE DELETE ON accident
  BEGIN SELECT raise(ABORT, 'policy 4.6: accident records are kept indefinitely'); END;
CREATE TRIGGER accident_is_not_replaced BEFORE INSERT ON accident
  WHEN EXISTS (SELECT 1 FROM accident WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: accident records are never replaced'); END;
CREATE TRIGGER accident_stays_as_recorded BEFORE UPDATE ON accident
  BEGIN SELECT raise(ABORT, 'policy 4.6: accident records are kept as they were recorded'); END;
CREATE TRIGGER accident_child_is_kept BEFORE DELETE ON accident_child
  BEGIN SELECT raise(ABORT, 'policy 4.6: the children of an accident record are kept indefinitely'); END;
CREATE TRIGGER accident_child_stays BEFORE UPDATE ON accident_child
  BEGIN SELECT raise(ABORT, 'policy 4.6: the children of an accident record stay as they were recorded'); END;
CREATE TRIGGER accident_child_is_as_recorded BEFORE INSERT ON accident_child
  WHEN (SELECT count(*) FROM accident_child WHERE accident_id = NEW.accident_id)
    >= coalesce((SELECT children FROM accident WHERE id = NEW.accident_id), 0)
  BEGIN SELECT raise(ABORT, 'policy 4.6: no child is added to an accident record'); END;

CREATE TRIGGER electronic_referral_is_kept BEFORE DELETE ON referral WHEN OLD.electronic = 1
  BEGIN SELECT raise(ABORT, 'policy 4.6: electronic referrals are kept indefinitely'); END;
CREATE TRIGGER electronic_referral_is_not_replaced BEFORE INSERT ON referral
  WHEN EXISTS (SELECT 1 FROM referral WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: electronic referrals are kept indefinitely'); END;
CREATE TRIGGER referral_keeps_its_number BEFORE UPDATE OF id ON referral WHEN NEW.id <> OLD.id
  BEGIN SELECT raise(ABORT, 'a reference is never used twice'); END;
CREATE TRIGGER electronic_referral_stays_as_received BEFORE UPDATE ON referral
  WHEN OLD.electronic = 1 AND (NEW.id <> OLD.id OR NEW.electronic <> 1 OR NEW.family_id <> OLD.family_id
    OR NEW.referrer_id <> OLD.referrer_id OR NEW.received_on <> OLD.received_on
    OR NEW.case_reference IS NOT OLD.case_reference)
  BEGIN SELECT raise(ABORT, 'policy 4.6: electronic referrals are kept as received'); END;

-- A child with a safeguarding file keeps the attendance that is part of that file.
CREATE TRIGGER attendance_of_safeguarded_child_is_kept BEFORE DELETE ON attendance
  WHEN EXISTS (SELECT 1 FROM flag_child WHERE person_id = OLD.child_id)
    OR EXISTS (SELECT 1 FROM flag WHERE family_id = OLD.family_id AND children = 0)
  BEGIN SELECT raise(ABORT, 'policy 4.6: the attendance is part of a safeguarding file'); END;
CREATE TRIGGER attendance_is_not_replaced BEFORE INSERT ON attendance
  WHEN EXISTS (SELECT 1 FROM attendance WHERE family_id = NEW.family_id AND session_id = NEW.session_id
    AND child_id = NEW.child_id)
  BEGIN SELECT raise(ABORT, 'attendance is corrected, never replaced'); END;
CREATE TRIGGER attendance_is_corrected_with_what_it_was BEFORE UPDATE ON attendance
  WHEN NOT EXISTS (SELECT 1 FROM superseded WHERE family_id = OLD.family_id AND kind = 'attendance'
    AND changed = OLD.changed AND superseded = NEW.changed AND record_id = OLD.session_id AND content ->> 'child_id' = OLD.child_id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a correction of attendance keeps what it was'); END;
CREATE TRIGGER correction_stays BEFORE UPDATE ON superseded
  BEGIN SELECT raise(ABORT, 'policy 4.6: what a correction replaced is kept as it was'); END;
CREATE TRIGGER correction_of_safeguarded_child_is_kept BEFORE DELETE ON superseded
  WHEN OLD.kind = 'attendance' AND (EXISTS (SELECT 1 FROM flag_child WHERE person_id = OLD.content ->> 'child_id')
    OR EXISTS (SELECT 1 FROM flag WHERE family_id = OLD.family_id AND children = 0))
  BEGIN SELECT raise(ABORT, 'policy 4.6: the attendance is part of a safeguarding file'); END;
CREATE TRIGGER correction_is_not_replaced BEFORE INSERT ON superseded
  WHEN EXISTS (SELECT 1 FROM superseded WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: what a correction replaced is kept as it was'); END;
CREATE TRIGGER attendance_stays_where_it_is BEFORE UPDATE OF family_id, session_id, child_id ON attendance
  WHEN NEW.family_id <> OLD.family_id OR NEW.session_id <> OLD.session_id OR NEW.child_id <> OLD.child_id
  BEGIN SELECT raise(ABORT, 'attendance is corrected, never moved to another child or session'); END;
CREATE TRIGGER session_is_not_replaced BEFORE INSERT ON contact_session
  WHEN EXISTS (SELECT 1 FROM contact_session WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'a session is moved or cancelled, never replaced'); END;
CREATE TRIGGER session_keeps_its_number BEFORE UPDATE OF id, family_id ON contact_session
  WHEN NEW.id <> OLD.id OR NEW.family_id <> OLD.family_id
  BEGIN SELECT raise(ABORT, 'a reference is never used twice'); END;
CREATE TRIGGER session_with_attendance_is_kept BEFORE DELETE ON contact_session
  WHEN EXISTS (SELECT 1 FROM attendance WHERE family_id = OLD.family_id AND session_id = OLD.id)
  BEGIN SELECT raise(ABORT, 'a session goes after its attendance'); END;
CREATE TRIGGER recorded_session_stays BEFORE UPDATE OF id, family_id, held_on, starts, ends ON contact_session
  WHEN EXISTS (SELECT 1 FROM attendance WHERE family_id = OLD.family_id AND session_id = OLD.id)
  BEGIN SELECT raise(ABORT, 'a session with attendance is not moved'); END;

-- The people and the family that a kept record points at keep an identity stub.
CREATE TRIGGER pointed_at_person_is_kept BEFORE DELETE ON person
  WHEN EXISTS (SELECT 1 FROM referral WHERE family_id = OLD.family_id AND electronic = 1)
    OR (OLD.kind = 'adult' AND EXISTS (SELECT 1 FROM flag WHERE family_id = OLD.family_id))
    OR EXISTS (SELECT 1 FROM flag_child WHERE person_id = OLD.id)
    OR EXISTS (SELECT 1 FROM flag WHERE family_id = OLD.family_id AND children = 0)
    OR EXISTS (SELECT 1 FROM accident WHERE family_id = OLD.family_id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a record kept indefinitely points at this person'); END;
CREATE TRIGGER person_is_not_replaced BEFORE INSERT ON person WHEN EXISTS (SELECT 1 FROM person WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'a person is corrected, never replaced'); END;
CREATE TRIGGER person_stays_in_the_family BEFORE UPDATE OF id, family_id, kind ON person
  WHEN NEW.id <> OLD.id OR NEW.family_id <> OLD.family_id OR NEW.kind <> OLD.kind
  BEGIN SELECT raise(ABORT, 'a person is corrected, never moved'); END;
CREATE TRIGGER pointed_at_family_is_kept BEFORE DELETE ON family
  WHEN EXISTS (SELECT 1 FROM person WHERE family_id = OLD.id) OR EXISTS (SELECT 1 FROM flag WHERE family_id = OLD.id)
    OR EXISTS (SELECT 1 FROM referral WHERE family_id = OLD.id)
    OR EXISTS (SELECT 1 FROM accident WHERE family_id = OLD.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: records point at this family'); END;
CREATE TRIGGER family_is_not_replaced BEFORE INSERT ON family WHEN EXISTS (SELECT 1 FROM family WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'a family is corrected, never replaced'); END;
CREATE TRIGGER family_keeps_its_number BEFORE UPDATE OF id ON family WHEN NEW.id <> OLD.id
  BEGIN SELECT raise(ABORT, 'a reference is never used twice'); END;

-- Nothing of a family that is on hold is deleted, whoever asks; a hold stays as it was placed until it is over.
CREATE TRIGGER episode_on_hold_is_kept BEFORE DELETE ON episode WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER person_on_hold_is_kept BEFORE DELETE ON person WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER referral_on_hold_is_kept BEFORE DELETE ON referral WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER contact_session_on_hold_is_kept BEFORE DELETE ON contact_session WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER attendance_on_hold_is_kept BEFORE DELETE ON attendance WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER superseded_on_hold_is_kept BEFORE DELETE ON superseded WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER review_on_hold_is_kept BEFORE DELETE ON review WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER contact_detail_on_hold_is_kept BEFORE DELETE ON contact_detail
  WHEN (SELECT family_id FROM person WHERE id = OLD.person_id) IN (SELECT family_id FROM on_hold)
    AND NOT EXISTS (SELECT 1 FROM superseded WHERE kind = 'contact_detail' AND record_id = OLD.person_id
      AND changed = OLD.changed AND content ->> 'field' = OLD.field)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER hold_in_force_is_kept BEFORE DELETE ON legal_hold
  WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold stays until it is over'); END;
CREATE TRIGGER hold_is_not_replaced BEFORE INSERT ON legal_hold WHEN EXISTS (SELECT 1 FROM legal_hold WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold is never replaced'); END;
CREATE TRIGGER hold_stays_as_placed BEFORE UPDATE ON legal_hold
  WHEN NEW.id <> OLD.id OR NEW.family_id <> OLD.family_id OR NEW.kind <> OLD.kind OR NEW.reason <> OLD.reason
    OR NEW.placed_on <> OLD.placed_on OR NEW.placed_by <> OLD.placed_by OR NEW.until IS NOT OLD.until
    OR OLD.released_on IS NOT NULL
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold stays as it was placed'); END;
CREATE TRIGGER disposal_is_never_undone BEFORE UPDATE OF disposed_on ON family
  WHEN OLD.disposed_on > coalesce(NEW.disposed_on, '')
  BEGIN SELECT raise(ABORT, 'policy 4.6: the day of a disposal stays'); END;

-- The register of referrers only grows, but for a person's own name, at which nothing points any more.
CREATE TRIGGER referrer_is_kept BEFORE DELETE ON referrer WHEN OLD.kind <> 'family'
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of referrers only grows'); END;
CREATE TRIGGER referrer_is_not_replaced BEFORE INSERT ON referrer WHEN EXISTS (SELECT 1 FROM referrer WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.2: a referrer is corrected, never replaced'); END;
CREATE TRIGGER correction_of_a_referrer_is_kept BEFORE DELETE ON superseded
  WHEN OLD.kind = 'referrer' AND EXISTS (SELECT 1 FROM referrer WHERE id = OLD.record_id)
  BEGIN SELECT raise(ABORT, 'policy 4.2: a correction of a referrer keeps what it was'); END;

-- The registers and the trail only grow.
CREATE TRIGGER disclosure_is_kept BEFORE DELETE ON disclosure
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER disclosure_stays BEFORE UPDATE ON disclosure
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER disclosure_is_not_replaced BEFORE INSERT ON disclosure
  WHEN EXISTS (SELECT 1 FROM disclosure WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER export_is_kept BEFORE DELETE ON export
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER export_stays BEFORE UPDATE ON export
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER export_is_not_replaced BEFORE INSERT ON export
  WHEN EXISTS (SELECT 1 FROM export WHERE disclosure_id = NEW.disclosure_id)
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER disclosure_family_is_kept BEFORE DELETE ON disclosure_family
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER disclosure_family_stays BEFORE UPDATE ON disclosure_family
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER disclosure_family_is_not_replaced BEFORE INSERT ON disclosure_family
  WHEN EXISTS (SELECT 1 FROM disclosure_family WHERE disclosure_id = NEW.disclosure_id AND family_id = NEW.family_id)
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER disclosure_release_is_kept BEFORE DELETE ON disclosure_release
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER disclosure_release_stays BEFORE UPDATE ON disclosure_release
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER disclosure_release_is_not_replaced BEFORE INSERT ON disclosure_release
  WHEN EXISTS (SELECT 1 FROM disclosure_release WHERE disclosure_id = NEW.disclosure_id)
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;
CREATE TRIGGER certificate_is_kept BEFORE DELETE ON certificate
  BEGIN SELECT raise(ABORT, 'policy 4.6: certificates of disposal are kept'); END;
CREATE TRIGGER certificate_stays BEFORE UPDATE ON certificate
  BEGIN SELECT raise(ABORT, 'policy 4.6: certificates of disposal are kept'); END;
CREATE TRIGGER certificate_is_not_replaced BEFORE INSERT ON certificate
  WHEN EXISTS (SELECT 1 FROM certificate WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: certificates of disposal are kept'); END;
CREATE TRIGGER policy_version_is_kept BEFORE DELETE ON policy_version
  BEGIN SELECT raise(ABORT, 'policy 6: every version of the policy is kept'); END;
CREATE TRIGGER policy_version_stays BEFORE UPDATE ON policy_version
  BEGIN SELECT raise(ABORT, 'policy 6: every version of the policy is kept'); END;
CREATE TRIGGER policy_version_is_not_replaced BEFORE INSERT ON policy_version
  WHEN EXISTS (SELECT 1 FROM policy_version WHERE number = NEW.number)
  BEGIN SELECT raise(ABORT, 'policy 6: every version of the policy is kept'); END;
CREATE TRIGGER policy_rules_are_kept BEFORE DELETE ON policy_rules
  BEGIN SELECT raise(ABORT, 'policy 6: the rules of every version are kept'); END;
CREATE TRIGGER policy_rules_stay BEFORE UPDATE ON policy_rules
  BEGIN SELECT raise(ABORT, 'policy 6: the rules of every version are kept'); END;
CREATE TRIGGER policy_rules_are_not_added BEFORE INSERT ON policy_rules
  WHEN EXISTS (SELECT 1 FROM policy_version WHERE number = NEW.version)
    OR EXISTS (SELECT 1 FROM policy_rules WHERE version = NEW.version AND name = NEW.name)
  BEGIN SELECT raise(ABORT, 'policy 6: the rules of every version are kept'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
  BEGIN SELECT raise(ABORT, 'policy 4.5: the audit trail only grows'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
  BEGIN SELECT raise(ABORT, 'policy 4.5: the audit trail only grows'); END;
CREATE TRIGGER audit_only_grows BEFORE INSERT ON audit
  WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit)
  BEGIN SELECT raise(ABORT, 'policy 4.5: the audit trail only grows'); END;
CREATE TRIGGER audit_detail_is_not_replaced BEFORE INSERT ON audit_detail
  WHEN EXISTS (SELECT 1 FROM audit_detail WHERE seq = NEW.seq)
  BEGIN SELECT raise(ABORT, 'policy 4.5: the audit trail only grows'); END;
CREATE TRIGGER audit_detail_is_kept BEFORE DELETE ON audit_detail
  BEGIN SELECT raise(ABORT, 'policy 4.5: the audit trail only grows'); END;
CREATE TRIGGER audit_detail_stays BEFORE UPDATE ON audit_detail
  BEGIN SELECT raise(ABORT, 'policy 4.5: the audit trail only grows'); END;
CREATE TRIGGER signer_is_kept BEFORE DELETE ON signer
  BEGIN SELECT raise(ABORT, 'policy 4.5: who signed the trail is kept'); END;
CREATE TRIGGER signer_stays BEFORE UPDATE ON signer
  BEGIN SELECT raise(ABORT, 'policy 4.5: who signed the trail is kept'); END;
CREATE TRIGGER signer_is_not_replaced BEFORE INSERT ON signer
  WHEN EXISTS (SELECT 1 FROM signer WHERE user = NEW.user AND since = NEW.since)
  BEGIN SELECT raise(ABORT, 'policy 4.5: who signed the trail is kept'); END;
