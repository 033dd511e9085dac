-- Permissions for assessments, observations and professional interventions in contact rooms, and what was done under
-- them (policy 4.3). `decided_at` is a local wall-clock time: a permission comes before what it permits.

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

-- What was asked, decided and done stays as it was until the family's file is disposed of.
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

-- What a legal hold keeps.
CREATE TRIGGER permission_on_hold_is_kept BEFORE DELETE ON permission WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER activity_on_hold_is_kept BEFORE DELETE ON activity WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
