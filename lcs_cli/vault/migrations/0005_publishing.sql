-- The policy about itself: what was accepted with a version, who was given a copy, and its yearly reviews.

-- The list of what a version would newly make due or tell, as it was shown and accepted: references, counts and words.
CREATE TABLE policy_acceptance (
  version INTEGER PRIMARY KEY REFERENCES policy_version (number),
  list_hash TEXT NOT NULL CHECK (length(list_hash) = 64),
  content TEXT NOT NULL CHECK (json_valid(content))
) STRICT;

-- Each copy that was given: to a referrer, or to a kind of person who asked; nobody by name.
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
