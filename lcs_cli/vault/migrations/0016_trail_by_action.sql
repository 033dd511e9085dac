-- What the trail tells of one action, such as a stop of the disposals, is found without reading all of it: every night's
-- sweep asks for it, and the trail is longer than everything else.
CREATE INDEX audit_by_action ON audit (action);
