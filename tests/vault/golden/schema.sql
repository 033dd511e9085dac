CREATE TABLE vault (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  vault TEXT NOT NULL,
  epoch INTEGER NOT NULL CHECK (epoch > 0),
  header TEXT NOT NULL -- of that epoch, as it is in the folder or will be
) STRICT;

CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL CHECK (value >= 0)) STRICT, WITHOUT ROWID;

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

CREATE TABLE disclosure_release (disclosure_id INTEGER PRIMARY KEY REFERENCES disclosure (id)) STRICT;

CREATE TABLE certificate (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  issued_on TEXT NOT NULL CHECK (issued_on IS date(issued_on)),
  content TEXT NOT NULL CHECK (json_valid(content))
) STRICT;

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

CREATE TABLE acceptance (seq INTEGER PRIMARY KEY REFERENCES audit (seq), certificate BLOB NOT NULL) STRICT;

CREATE TABLE audit_detail (
  seq INTEGER PRIMARY KEY REFERENCES audit (seq),
  detail TEXT NOT NULL CHECK (json_valid(detail))
) STRICT;

CREATE TABLE signer (
  user TEXT NOT NULL,
  since INTEGER NOT NULL CHECK (since > 0),
  public BLOB NOT NULL CHECK (length(public) IN (0, 32)),
  certificate BLOB NOT NULL,
  PRIMARY KEY (user, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE entrusted_key (
  user TEXT NOT NULL,
  name TEXT NOT NULL,
  manager TEXT NOT NULL,
  generation INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (user, name, manager)
) STRICT, WITHOUT ROWID;

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

CREATE TRIGGER referrer_is_kept BEFORE DELETE ON referrer WHEN OLD.kind <> 'family'
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of referrers only grows'); END;

CREATE TRIGGER referrer_is_not_replaced BEFORE INSERT ON referrer WHEN EXISTS (SELECT 1 FROM referrer WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.2: a referrer is corrected, never replaced'); END;

CREATE TRIGGER correction_of_a_referrer_is_kept BEFORE DELETE ON superseded
  WHEN OLD.kind = 'referrer' AND EXISTS (SELECT 1 FROM referrer WHERE id = OLD.record_id)
  BEGIN SELECT raise(ABORT, 'policy 4.2: a correction of a referrer keeps what it was'); END;

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

CREATE TABLE vetting_confirmation (
  staff_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  confirmed_on TEXT NOT NULL CHECK (confirmed_on IS date(confirmed_on)),
  confirmed_by TEXT NOT NULL,
  PRIMARY KEY (staff_id, number),
  FOREIGN KEY (staff_id, number) REFERENCES vetting_check (staff_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE undertaking (
  staff_id INTEGER NOT NULL REFERENCES staff_member (id),
  signed_on TEXT NOT NULL CHECK (signed_on IS date(signed_on)),
  policy_version INTEGER NOT NULL REFERENCES policy_version (number),
  recorded_on TEXT NOT NULL CHECK (recorded_on IS date(recorded_on) AND recorded_on >= signed_on),
  recorded_by TEXT NOT NULL,
  PRIMARY KEY (staff_id, signed_on)
) STRICT, WITHOUT ROWID;

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

CREATE VIEW staff_to_go AS
  SELECT m.id FROM staff_member AS m JOIN review AS r ON r.staff_id = m.id
  WHERE r.outcome = 'dispose' AND r.state = 'approved' AND m.left_on <= r.due_on AND r.due_on <= r.approved_on
    AND NOT EXISTS (SELECT 1 FROM flag_staff WHERE flag_staff.staff_id = m.id)
    AND NOT EXISTS (SELECT 1 FROM legal_hold AS h WHERE h.staff_id = m.id AND h.released_on IS NULL
      AND coalesce(h.until, r.approved_on) >= r.approved_on);

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

CREATE TRIGGER supervision_on_hold_is_kept BEFORE DELETE ON supervision WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

CREATE TABLE document_chunk (
  document_id INTEGER NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY DEFERRED,
  number INTEGER NOT NULL CHECK (number > 0),
  sealed BLOB NOT NULL,
  PRIMARY KEY (document_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE document_child (
  document_id INTEGER NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY DEFERRED,
  person_id INTEGER NOT NULL REFERENCES person (id),
  PRIMARY KEY (document_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX document_of_child ON document_child (person_id);

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

CREATE TRIGGER document_is_kept BEFORE DELETE ON document WHEN OLD.class <> 'document'
  BEGIN SELECT raise(ABORT, 'policy 4.6: such documents are kept indefinitely'); END;

CREATE TRIGGER document_stays_as_received BEFORE UPDATE ON document
  BEGIN SELECT raise(ABORT, 'policy 4.6: documents are kept as they were received'); END;

CREATE TRIGGER document_is_not_replaced BEFORE INSERT ON document
  WHEN EXISTS (SELECT 1 FROM document WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: documents are never replaced'); END;

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

CREATE TRIGGER documented_person_is_kept BEFORE DELETE ON person
  WHEN EXISTS (SELECT 1 FROM document WHERE family_id = OLD.family_id AND class <> 'document')
  BEGIN SELECT raise(ABORT, 'policy 4.6: a document kept indefinitely points at this person'); END;

CREATE TRIGGER documented_family_is_kept BEFORE DELETE ON family
  WHEN EXISTS (SELECT 1 FROM document WHERE family_id = OLD.id)
  BEGIN SELECT raise(ABORT, 'policy 4.6: documents point at this family'); END;

CREATE TRIGGER document_on_hold_is_kept BEFORE DELETE ON document WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

CREATE TRIGGER document_chunk_on_hold_is_kept BEFORE DELETE ON document_chunk WHEN (SELECT family_id FROM document WHERE id = OLD.document_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

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

CREATE TABLE policy_acceptance (
  version INTEGER PRIMARY KEY REFERENCES policy_version (number),
  list_hash TEXT NOT NULL CHECK (length(list_hash) = 64),
  content TEXT NOT NULL CHECK (json_valid(content))
) STRICT;

CREATE TABLE policy_copy (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  version INTEGER NOT NULL REFERENCES policy_version (number),
  given_on TEXT NOT NULL CHECK (given_on IS date(given_on)),
  given_by TEXT NOT NULL,
  referrer_id INTEGER REFERENCES referrer (id),
  asker TEXT CHECK (asker IN ('user', 'referrer', 'volunteer', 'professional')),
  written INTEGER NOT NULL CHECK (written IN (0, 1)), -- to a file, else printed
  CHECK ((referrer_id IS NULL) = (asker IS NOT NULL))
) STRICT;

CREATE TABLE policy_review (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  version INTEGER NOT NULL REFERENCES policy_version (number),
  reviewed_on TEXT NOT NULL CHECK (reviewed_on IS date(reviewed_on)),
  reviewed_by TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('unchanged', 'to-be-changed')),
  note TEXT CHECK (note <> '')
) STRICT;

CREATE TRIGGER policy_acceptance_is_kept BEFORE DELETE ON policy_acceptance
  BEGIN SELECT raise(ABORT, 'policy 6: what was accepted with a version is kept'); END;

CREATE TRIGGER policy_acceptance_stays BEFORE UPDATE ON policy_acceptance
  BEGIN SELECT raise(ABORT, 'policy 6: what was accepted with a version is kept'); END;

CREATE TRIGGER policy_acceptance_is_not_replaced BEFORE INSERT ON policy_acceptance
  WHEN EXISTS (SELECT 1 FROM policy_acceptance WHERE version = NEW.version)
  BEGIN SELECT raise(ABORT, 'policy 6: what was accepted with a version is kept'); END;

CREATE TRIGGER policy_copy_is_kept BEFORE DELETE ON policy_copy
  BEGIN SELECT raise(ABORT, 'policy 5: the register of copies only grows'); END;

CREATE TRIGGER policy_copy_stays BEFORE UPDATE ON policy_copy
  BEGIN SELECT raise(ABORT, 'policy 5: the register of copies only grows'); END;

CREATE TRIGGER policy_copy_is_not_replaced BEFORE INSERT ON policy_copy
  WHEN EXISTS (SELECT 1 FROM policy_copy WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 5: the register of copies only grows'); END;

CREATE TRIGGER policy_review_is_kept BEFORE DELETE ON policy_review
  BEGIN SELECT raise(ABORT, 'policy 6: every review of the policy is kept'); END;

CREATE TRIGGER policy_review_stays BEFORE UPDATE ON policy_review
  BEGIN SELECT raise(ABORT, 'policy 6: every review of the policy is kept'); END;

CREATE TRIGGER policy_review_is_not_replaced BEFORE INSERT ON policy_review
  WHEN EXISTS (SELECT 1 FROM policy_review WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 6: every review of the policy is kept'); END;

CREATE TABLE consent (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  person_id INTEGER NOT NULL REFERENCES person (id),
  given_by INTEGER NOT NULL REFERENCES person (id),
  details TEXT NOT NULL CHECK (details <> ''), -- the names of the details, with spaces between them
  referrer_id INTEGER NOT NULL REFERENCES referrer (id),
  purpose TEXT NOT NULL CHECK (purpose <> ''),
  given_from TEXT NOT NULL CHECK (given_from IS date(given_from)),
  until TEXT CHECK (until IS date(until) AND until >= given_from),
  given_how TEXT NOT NULL CHECK (given_how <> ''),
  evidence TEXT NOT NULL CHECK (evidence <> ''),
  responsibility TEXT CHECK (responsibility <> ''), -- how it is known that who gave it for a child may
  recorded_on TEXT NOT NULL CHECK (recorded_on IS date(recorded_on)),
  recorded_by TEXT NOT NULL,
  recorded_change INTEGER NOT NULL, -- what was corrected later is another detail than the one it was given for
  withdrawn_on TEXT CHECK (withdrawn_on IS date(withdrawn_on)),
  withdrawn_how TEXT,
  withdrawn_reason TEXT,
  withdrawn_by TEXT,
  withdrawn_change INTEGER, -- a child's own withdrawal outweighs what a parent said before it
  CHECK ((given_by = person_id) = (responsibility IS NULL)),
  CHECK ((withdrawn_on IS NULL) = (withdrawn_how IS NULL)),
  CHECK ((withdrawn_on IS NULL) = (withdrawn_reason IS NULL)),
  CHECK ((withdrawn_on IS NULL) = (withdrawn_by IS NULL)),
  CHECK ((withdrawn_on IS NULL) = (withdrawn_change IS NULL))
) STRICT;

CREATE INDEX consent_of_person ON consent (person_id);

CREATE INDEX consent_to_referrer ON consent (referrer_id);

CREATE TRIGGER consent_is_the_persons_own BEFORE INSERT ON consent
  WHEN NEW.given_by <> NEW.person_id AND NOT EXISTS (
    SELECT 1 FROM person AS child JOIN person AS adult ON adult.family_id = child.family_id
    WHERE child.id = NEW.person_id AND child.kind = 'child' AND adult.id = NEW.given_by AND adult.kind = 'adult')
  BEGIN SELECT raise(ABORT, 'policy 4.2: nobody consents for another adult'); END;

CREATE TRIGGER consent_is_not_replaced BEFORE INSERT ON consent WHEN EXISTS (SELECT 1 FROM consent WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.2: a consent is withdrawn, never replaced'); END;

CREATE TRIGGER consent_stays_as_given BEFORE UPDATE ON consent
  WHEN NEW.id <> OLD.id OR NEW.person_id <> OLD.person_id OR NEW.given_by <> OLD.given_by OR NEW.details <> OLD.details
    OR NEW.referrer_id <> OLD.referrer_id OR NEW.purpose <> OLD.purpose OR NEW.given_from <> OLD.given_from
    OR NEW.until IS NOT OLD.until OR NEW.given_how <> OLD.given_how OR NEW.evidence <> OLD.evidence
    OR NEW.responsibility IS NOT OLD.responsibility OR NEW.recorded_on <> OLD.recorded_on
    OR NEW.recorded_by <> OLD.recorded_by OR NEW.recorded_change <> OLD.recorded_change
    OR OLD.withdrawn_on IS NOT NULL OR NEW.withdrawn_on IS NULL
  BEGIN SELECT raise(ABORT, 'policy 4.2: a consent is withdrawn once, and never changed'); END;

CREATE TRIGGER consent_on_hold_is_kept BEFORE DELETE ON consent WHEN (SELECT family_id FROM person WHERE id = OLD.person_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

CREATE INDEX disclosure_told ON disclosure (id) WHERE kind IN ('told', 'not-told');

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

CREATE TABLE report (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER NOT NULL REFERENCES family (id),
  referrer_id INTEGER NOT NULL REFERENCES referrer (id), -- the agency that asks
  proceedings TEXT NOT NULL CHECK (proceedings <> ''), -- the id of a type in the rule file
  received_on TEXT NOT NULL CHECK (received_on IS date(received_on)),
  asked TEXT NOT NULL CHECK (asked <> ''),
  evidence TEXT NOT NULL CHECK (evidence <> ''),
  due_on TEXT CHECK (due_on IS date(due_on) AND due_on >= received_on),
  requested_on TEXT NOT NULL CHECK (requested_on IS date(requested_on) AND requested_on >= received_on),
  requested_by TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('requested', 'agreed', 'declined', 'withdrawn', 'produced')),
  withdrawn_on TEXT CHECK (withdrawn_on IS date(withdrawn_on)),
  withdrawn_by TEXT,
  withdrawn_because TEXT CHECK (withdrawn_because <> ''),
  CHECK ((state = 'withdrawn') = (withdrawn_on IS NOT NULL)),
  CHECK ((state = 'withdrawn') = (withdrawn_by IS NOT NULL AND withdrawn_because IS NOT NULL))
) STRICT;

CREATE INDEX report_of_family ON report (family_id);

CREATE INDEX report_to_referrer ON report (referrer_id);

CREATE UNIQUE INDEX one_open_report ON report (family_id, referrer_id, proceedings)
  WHERE state IN ('requested', 'agreed');

CREATE TABLE report_decision (
  report_id INTEGER NOT NULL REFERENCES report (id),
  number INTEGER NOT NULL CHECK (number > 0),
  agreed INTEGER NOT NULL CHECK (agreed IN (0, 1)),
  reason TEXT NOT NULL CHECK (reason <> ''),
  decided_on TEXT NOT NULL CHECK (decided_on IS date(decided_on)),
  decided_by TEXT NOT NULL,
  policy_version INTEGER NOT NULL REFERENCES policy_version (number),
  rules_hash TEXT NOT NULL,
  after_change INTEGER NOT NULL CHECK (after_change >= 0), -- the vault's last change then: who asks may be corrected later
  PRIMARY KEY (report_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_production (
  report_id INTEGER NOT NULL REFERENCES report (id),
  disclosure_id INTEGER NOT NULL REFERENCES disclosure (id),
  PRIMARY KEY (report_id, disclosure_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX production_of_disclosure ON report_production (disclosure_id);

CREATE TRIGGER report_stays_as_requested BEFORE UPDATE ON report
  WHEN NEW.id <> OLD.id OR NEW.family_id <> OLD.family_id OR NEW.referrer_id <> OLD.referrer_id
    OR NEW.proceedings <> OLD.proceedings OR NEW.received_on <> OLD.received_on OR NEW.asked <> OLD.asked
    OR NEW.evidence <> OLD.evidence OR NEW.due_on IS NOT OLD.due_on OR NEW.requested_on <> OLD.requested_on
    OR NEW.requested_by <> OLD.requested_by OR OLD.state IN ('declined', 'withdrawn') OR NEW.state = 'requested'
    OR (OLD.state = 'produced' AND NEW.state NOT IN ('produced', 'withdrawn'))
  BEGIN SELECT raise(ABORT, 'policy 4.1: a request for a report stays as it was recorded'); END;

CREATE TRIGGER report_is_not_replaced BEFORE INSERT ON report
  WHEN EXISTS (SELECT 1 FROM report WHERE id = NEW.id OR (family_id = NEW.family_id AND referrer_id = NEW.referrer_id
    AND proceedings = NEW.proceedings AND state IN ('requested', 'agreed') AND NEW.state IN ('requested', 'agreed')))
  BEGIN SELECT raise(ABORT, 'policy 4.1: a request for a report is never replaced'); END;

CREATE TRIGGER report_is_agreed_to_first BEFORE UPDATE OF state ON report
  WHEN NEW.state IN ('agreed', 'produced') AND NOT coalesce((SELECT agreed FROM report_decision WHERE report_id = NEW.id
    ORDER BY number DESC LIMIT 1), 0)
  BEGIN SELECT raise(ABORT, 'policy 4.1: no report without the agreement of management'); END;

CREATE TRIGGER report_is_decided_by_somebody_else BEFORE INSERT ON report_decision
  WHEN EXISTS (SELECT 1 FROM report WHERE id = NEW.report_id AND requested_by = NEW.decided_by)
  BEGIN SELECT raise(ABORT, 'policy 4.1: nobody is on both sides of one decision'); END;

CREATE TRIGGER report_decision_stays BEFORE UPDATE ON report_decision
  BEGIN SELECT raise(ABORT, 'policy 4.1: decisions on reports stay as they were made'); END;

CREATE TRIGGER report_decision_is_not_replaced BEFORE INSERT ON report_decision
  WHEN EXISTS (SELECT 1 FROM report_decision WHERE report_id = NEW.report_id AND number = NEW.number)
  BEGIN SELECT raise(ABORT, 'policy 4.1: decisions on reports stay as they were made'); END;

CREATE TRIGGER report_production_stays BEFORE UPDATE ON report_production
  BEGIN SELECT raise(ABORT, 'policy 4.1: what was produced stays on record'); END;

CREATE TRIGGER report_production_is_not_replaced BEFORE INSERT ON report_production
  WHEN EXISTS (SELECT 1 FROM report_production WHERE disclosure_id = NEW.disclosure_id)
  BEGIN SELECT raise(ABORT, 'policy 4.1: what was produced stays on record'); END;

CREATE TRIGGER report_on_hold_is_kept BEFORE DELETE ON report WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

CREATE TRIGGER report_decision_on_hold_is_kept BEFORE DELETE ON report_decision WHEN (SELECT family_id FROM report WHERE id = OLD.report_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

CREATE TRIGGER report_production_on_hold_is_kept BEFORE DELETE ON report_production WHEN (SELECT family_id FROM report WHERE id = OLD.report_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

CREATE TABLE permission (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  family_id INTEGER NOT NULL REFERENCES family (id),
  kind TEXT NOT NULL CHECK (kind IN ('assessment', 'observation', 'professional-intervention')),
  session_id INTEGER, -- for this session; else for a run of days
  from_on TEXT CHECK (from_on IS date(from_on)),
  to_on TEXT CHECK (to_on IS date(to_on) AND to_on >= from_on),
  done_by TEXT NOT NULL CHECK (done_by <> ''),
  purpose TEXT NOT NULL CHECK (purpose <> ''),
  evidence TEXT NOT NULL CHECK (evidence <> ''),
  requested_on TEXT NOT NULL CHECK (requested_on IS date(requested_on)),
  requested_by TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('requested', 'granted', 'refused', 'withdrawn')),
  decided_on TEXT CHECK (decided_on IS date(decided_on)),
  decided_at TEXT CHECK (decided_at GLOB '[0-2][0-9]:[0-5][0-9]'),
  decided_by TEXT CHECK (decided_by <> requested_by),
  reason TEXT CHECK (reason <> ''),
  granted_from TEXT CHECK (granted_from IS date(granted_from) AND granted_from >= from_on),
  granted_to TEXT CHECK (granted_to IS date(granted_to) AND granted_to BETWEEN granted_from AND to_on),
  policy_version INTEGER REFERENCES policy_version (number),
  rules_hash TEXT,
  withdrawn_on TEXT CHECK (withdrawn_on IS date(withdrawn_on)),
  withdrawn_by TEXT,
  withdrawn_because TEXT CHECK (withdrawn_because <> ''),
  FOREIGN KEY (family_id, session_id) REFERENCES contact_session (family_id, id),
  CHECK ((session_id IS NULL) = (from_on IS NOT NULL)),
  CHECK ((from_on IS NULL) = (to_on IS NULL)),
  CHECK ((state = 'requested') = (decided_on IS NULL)),
  CHECK ((decided_on IS NULL) = (decided_at IS NULL) AND (decided_on IS NULL) = (decided_by IS NULL)),
  CHECK ((decided_on IS NULL) = (reason IS NULL) AND (decided_on IS NULL) = (policy_version IS NULL)),
  CHECK ((decided_on IS NULL) = (rules_hash IS NULL)),
  CHECK ((granted_from IS NULL) = (granted_to IS NULL)),
  CHECK ((granted_from IS NOT NULL) = (from_on IS NOT NULL AND state IN ('granted', 'withdrawn'))),
  CHECK ((state = 'withdrawn') = (withdrawn_on IS NOT NULL)),
  CHECK ((state = 'withdrawn') = (withdrawn_by IS NOT NULL AND withdrawn_because IS NOT NULL))
) STRICT;

CREATE INDEX permission_of_family ON permission (family_id);

CREATE INDEX permission_for_session ON permission (session_id);

CREATE TABLE activity (
  family_id INTEGER NOT NULL,
  session_id INTEGER NOT NULL,
  permission_id INTEGER NOT NULL REFERENCES permission (id),
  recorded_on TEXT NOT NULL CHECK (recorded_on IS date(recorded_on)),
  recorded_by TEXT NOT NULL,
  PRIMARY KEY (family_id, session_id, permission_id),
  FOREIGN KEY (family_id, session_id) REFERENCES contact_session (family_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX activity_under_permission ON activity (permission_id);

CREATE TRIGGER permission_stays_as_decided BEFORE UPDATE ON permission
  WHEN NEW.id <> OLD.id OR NEW.family_id <> OLD.family_id OR NEW.kind <> OLD.kind
    OR NEW.session_id IS NOT OLD.session_id OR NEW.from_on IS NOT OLD.from_on OR NEW.to_on IS NOT OLD.to_on
    OR NEW.done_by <> OLD.done_by OR NEW.purpose <> OLD.purpose OR NEW.evidence <> OLD.evidence
    OR NEW.requested_on <> OLD.requested_on OR NEW.requested_by <> OLD.requested_by
    OR (OLD.state = 'requested' AND NEW.state NOT IN ('granted', 'refused'))
    OR (OLD.state <> 'requested' AND (OLD.state <> 'granted' OR NEW.state <> 'withdrawn'
      OR NEW.decided_on <> OLD.decided_on OR NEW.decided_at <> OLD.decided_at OR NEW.decided_by <> OLD.decided_by
      OR NEW.reason <> OLD.reason OR NEW.policy_version <> OLD.policy_version OR NEW.rules_hash <> OLD.rules_hash
      OR NEW.granted_from IS NOT OLD.granted_from OR NEW.granted_to IS NOT OLD.granted_to))
  BEGIN SELECT raise(ABORT, 'policy 4.3: a permission stays as it was asked for and decided'); END;

CREATE TRIGGER permission_is_not_replaced BEFORE INSERT ON permission
  WHEN EXISTS (SELECT 1 FROM permission WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.3: a permission is never replaced'); END;

CREATE TRIGGER activity_is_permitted BEFORE INSERT ON activity
  WHEN NOT EXISTS (SELECT 1 FROM permission WHERE id = NEW.permission_id AND family_id = NEW.family_id
    AND state IN ('granted', 'withdrawn') AND coalesce(session_id, NEW.session_id) = NEW.session_id
    AND decided_by <> NEW.recorded_by)
  BEGIN SELECT raise(ABORT, 'policy 4.3: nothing but contact without a permission'); END;

CREATE TRIGGER activity_stays BEFORE UPDATE ON activity
  BEGIN SELECT raise(ABORT, 'policy 4.3: what was done in a contact room stays on record'); END;

CREATE TRIGGER activity_is_not_replaced BEFORE INSERT ON activity
  WHEN EXISTS (SELECT 1 FROM activity WHERE family_id = NEW.family_id AND session_id = NEW.session_id
    AND permission_id = NEW.permission_id)
  BEGIN SELECT raise(ABORT, 'policy 4.3: what was done in a contact room stays on record'); END;

CREATE TRIGGER permission_on_hold_is_kept BEFORE DELETE ON permission WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

CREATE TRIGGER activity_on_hold_is_kept BEFORE DELETE ON activity WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

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

CREATE TABLE request_bundle (
  request_id INTEGER NOT NULL REFERENCES access_request (id),
  disclosure_id INTEGER NOT NULL REFERENCES disclosure (id),
  PRIMARY KEY (request_id, disclosure_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX bundle_of_disclosure ON request_bundle (disclosure_id);

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

CREATE TRIGGER access_request_on_hold_is_kept BEFORE DELETE ON access_request WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

CREATE TRIGGER request_pause_on_hold_is_kept BEFORE DELETE ON request_pause WHEN (SELECT family_id FROM access_request WHERE id = OLD.request_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

CREATE TRIGGER request_decision_on_hold_is_kept BEFORE DELETE ON request_decision WHEN (SELECT family_id FROM access_request WHERE id = OLD.request_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

CREATE TRIGGER request_bundle_on_hold_is_kept BEFORE DELETE ON request_bundle WHEN (SELECT family_id FROM access_request WHERE id = OLD.request_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;

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

CREATE TABLE backup (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  made_on TEXT NOT NULL CHECK (made_on IS date(made_on)),
  made_by TEXT NOT NULL,
  folder TEXT NOT NULL CHECK (folder <> ''),
  name TEXT NOT NULL CHECK (name <> '' AND instr(name, '/') = 0),
  encrypted INTEGER NOT NULL CHECK (encrypted IN (0, 1)), -- by age, for elsewhere
  size INTEGER NOT NULL CHECK (size > 0),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  register_lines INTEGER NOT NULL CHECK (register_lines >= 0), -- how long the register of disposals was
  removed_on TEXT CHECK (removed_on IS date(removed_on) AND removed_on >= made_on)
) STRICT;

CREATE TRIGGER backup_stays_on_record BEFORE DELETE ON backup
  BEGIN SELECT raise(ABORT, 'policy 4.5: a backup that was made stays on record'); END;

CREATE TRIGGER backup_is_not_replaced BEFORE INSERT ON backup WHEN EXISTS (SELECT 1 FROM backup WHERE id = NEW.id)
  BEGIN SELECT raise(ABORT, 'policy 4.5: a backup that was made stays on record'); END;

CREATE TRIGGER backup_stays_as_made BEFORE UPDATE ON backup
  WHEN NEW.id <> OLD.id OR NEW.made_on <> OLD.made_on OR NEW.made_by <> OLD.made_by OR NEW.folder <> OLD.folder
    OR NEW.name <> OLD.name OR NEW.encrypted <> OLD.encrypted OR NEW.size <> OLD.size OR NEW.sha256 <> OLD.sha256
    OR NEW.register_lines <> OLD.register_lines OR OLD.removed_on IS NOT NULL
  BEGIN SELECT raise(ABORT, 'policy 4.5: a backup that was made stays on record'); END;

CREATE TABLE handover_agreement (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  child_id INTEGER, -- about whom; none means about every child
  referrer_id INTEGER NOT NULL REFERENCES referrer (id), -- the body that gets it
  keys TEXT NOT NULL CHECK (length(keys) = 64), -- SHA-256 of the keys that it is encrypted to
  agreed INTEGER NOT NULL CHECK (agreed IN (0, 1)),
  decided_on TEXT NOT NULL CHECK (decided_on IS date(decided_on)),
  decided_by TEXT NOT NULL,
  policy_version INTEGER NOT NULL REFERENCES policy_version (number),
  rules_hash TEXT NOT NULL,
  after_change INTEGER NOT NULL CHECK (after_change >= 0) -- the vault's last change then: the body may be corrected later
) STRICT;

CREATE TABLE handover (
  disclosure_id INTEGER PRIMARY KEY REFERENCES disclosure (id),
  agreement INTEGER NOT NULL REFERENCES handover_agreement (number)
) STRICT;

CREATE TRIGGER handover_agreement_is_kept BEFORE DELETE ON handover_agreement
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;

CREATE TRIGGER handover_agreement_stays BEFORE UPDATE ON handover_agreement
  BEGIN SELECT raise(ABORT, 'policy 4.6: an agreement stays as it was made'); END;

CREATE TRIGGER handover_agreement_is_not_replaced BEFORE INSERT ON handover_agreement
  WHEN EXISTS (SELECT 1 FROM handover_agreement WHERE number = NEW.number)
  BEGIN SELECT raise(ABORT, 'policy 4.6: an agreement stays as it was made'); END;

CREATE TRIGGER handover_is_kept BEFORE DELETE ON handover
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;

CREATE TRIGGER handover_stays BEFORE UPDATE ON handover
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;

CREATE TRIGGER handover_is_not_replaced BEFORE INSERT ON handover
  WHEN EXISTS (SELECT 1 FROM handover WHERE disclosure_id = NEW.disclosure_id)
  BEGIN SELECT raise(ABORT, 'policy 4.2: the register of disclosures only grows'); END;

CREATE TRIGGER handover_takes_two BEFORE INSERT ON handover
  WHEN NOT EXISTS (SELECT 1 FROM handover_agreement AS a, disclosure AS d WHERE a.number = NEW.agreement
    AND d.id = NEW.disclosure_id AND a.agreed = 1 AND a.referrer_id = d.referrer_id AND a.decided_by <> d.made_by)
  BEGIN SELECT raise(ABORT, 'policy 4.6: nothing is handed over without the agreement of a second person'); END;

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

CREATE INDEX audit_by_action ON audit (action);

CREATE INDEX contact_detail_by_change ON contact_detail (changed);

CREATE INDEX episode_by_end ON episode (closed_on);

CREATE INDEX referral_by_change ON referral (changed);

CREATE INDEX consent_by_withdrawal ON consent (withdrawn_on);

CREATE INDEX permission_by_state ON permission (state);

CREATE INDEX report_by_state ON report (state);

CREATE INDEX request_by_end ON access_request (ended_on);

CREATE INDEX hold_by_release ON legal_hold (released_on);

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

PRAGMA user_version = 18;
