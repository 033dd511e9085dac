-- A page that is put back as it was is noticed where an index, on a page of its own, says something else; a partial index
-- does not, for nothing counts its entries. So what becomes of a record, and is told by no digest on the trail and no
-- correction beside it, stands in an index too: above all what a gate asks for.
CREATE INDEX contact_detail_by_change ON contact_detail (changed);
CREATE INDEX episode_by_end ON episode (closed_on);
CREATE INDEX referral_by_change ON referral (changed);
CREATE INDEX consent_by_withdrawal ON consent (withdrawn_on);
CREATE INDEX permission_by_state ON permission (state);
CREATE INDEX report_by_state ON report (state);
CREATE INDEX request_by_end ON access_request (ended_on);
CREATE INDEX hold_by_release ON legal_hold (released_on);
