-- Which backups were made, a row for each file. Where it was put is known, so that a sweep can remove it on its day;
-- what was copied elsewhere by hand is not.
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
