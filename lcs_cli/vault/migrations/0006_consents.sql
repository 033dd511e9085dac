-- Consents: what a person allows to be told of them, to whom and for what. They go with the family.

-- Withdrawn once and for all; given again is another row. The evidence is a line of text: it names no detail.
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

-- What a legal hold keeps.
CREATE TRIGGER consent_on_hold_is_kept BEFORE DELETE ON consent WHEN (SELECT family_id FROM person WHERE id = OLD.person_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
