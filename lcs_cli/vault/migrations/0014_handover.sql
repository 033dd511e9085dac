-- Agreements to hand over what is kept for ever, and what was handed over under each (policy 4.6): they only grow.

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
