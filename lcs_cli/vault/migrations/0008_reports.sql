-- Requests for reports for court proceedings, management's decisions on them, and what was produced (policy 4.1).
-- What an agency wrote goes with the family; the register of disclosures stays.

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

-- What was asked and decided stays as it was until the family's file is disposed of.
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

-- What a legal hold keeps.
CREATE TRIGGER report_on_hold_is_kept BEFORE DELETE ON report WHEN OLD.family_id IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER report_decision_on_hold_is_kept BEFORE DELETE ON report_decision WHEN (SELECT family_id FROM report WHERE id = OLD.report_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
CREATE TRIGGER report_production_on_hold_is_kept BEFORE DELETE ON report_production WHEN (SELECT family_id FROM report WHERE id = OLD.report_id) IN (SELECT family_id FROM on_hold)
  BEGIN SELECT raise(ABORT, 'policy 4.6: a legal hold keeps this file'); END;
