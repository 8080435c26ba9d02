"""The tables and walls of pipeline."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON readiness FROM afund_app""",
    """CREATE TRIGGER readiness_append_only BEFORE UPDATE OR DELETE ON readiness FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER readiness_append_only_whole BEFORE TRUNCATE ON readiness FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON closing_tranche FROM afund_app""",
    """CREATE TRIGGER closing_tranche_append_only BEFORE UPDATE OR DELETE ON closing_tranche FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER closing_tranche_append_only_whole BEFORE TRUNCATE ON closing_tranche FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON committee_policy FROM afund_app""",
    """CREATE TRIGGER committee_policy_append_only BEFORE UPDATE OR DELETE ON committee_policy FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER committee_policy_append_only_whole BEFORE TRUNCATE ON committee_policy FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON motion_paper FROM afund_app""",
    """CREATE TRIGGER motion_paper_append_only BEFORE UPDATE OR DELETE ON motion_paper FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER motion_paper_append_only_whole BEFORE TRUNCATE ON motion_paper FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON declaration FROM afund_app""",
    """CREATE TRIGGER declaration_append_only BEFORE UPDATE OR DELETE ON declaration FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER declaration_append_only_whole BEFORE TRUNCATE ON declaration FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON ballot FROM afund_app""",
    """CREATE TRIGGER ballot_append_only BEFORE UPDATE OR DELETE ON ballot FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER ballot_append_only_whole BEFORE TRUNCATE ON ballot FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON decision FROM afund_app""",
    """CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER decision_append_only_whole BEFORE TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON closing_condition FROM afund_app""",
    """CREATE TRIGGER closing_condition_append_only BEFORE UPDATE OR DELETE ON closing_condition FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER closing_condition_append_only_whole BEFORE TRUNCATE ON closing_condition FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON deal_event FROM afund_app""",
    """CREATE TRIGGER deal_event_append_only BEFORE UPDATE OR DELETE ON deal_event FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER deal_event_append_only_whole BEFORE TRUNCATE ON deal_event FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON finding_version FROM afund_app""",
    """CREATE TRIGGER finding_version_append_only BEFORE UPDATE OR DELETE ON finding_version FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER finding_version_append_only_whole BEFORE TRUNCATE ON finding_version FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON data_access FROM afund_app""",
    """CREATE TRIGGER data_access_append_only BEFORE UPDATE OR DELETE ON data_access FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER data_access_append_only_whole BEFORE TRUNCATE ON data_access FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON scorecard FROM afund_app""",
    """CREATE TRIGGER scorecard_append_only BEFORE UPDATE OR DELETE ON scorecard FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER scorecard_append_only_whole BEFORE TRUNCATE ON scorecard FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON scorecard_share FROM afund_app""",
    """CREATE TRIGGER scorecard_share_append_only BEFORE UPDATE OR DELETE ON scorecard_share FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER scorecard_share_append_only_whole BEFORE TRUNCATE ON scorecard_share FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON scorecard_criterion FROM afund_app""",
    """CREATE TRIGGER scorecard_criterion_append_only BEFORE UPDATE OR DELETE ON scorecard_criterion FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER scorecard_criterion_append_only_whole BEFORE TRUNCATE ON scorecard_criterion FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON score_sheet FROM afund_app""",
    """CREATE TRIGGER score_sheet_append_only BEFORE UPDATE OR DELETE ON score_sheet FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER score_sheet_append_only_whole BEFORE TRUNCATE ON score_sheet FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON screening_result FROM afund_app""",
    """CREATE TRIGGER screening_result_append_only BEFORE UPDATE OR DELETE ON screening_result FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER screening_result_append_only_whole BEFORE TRUNCATE ON screening_result FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON cap_movement FROM afund_app""",
    """CREATE TRIGGER cap_movement_append_only BEFORE UPDATE OR DELETE ON cap_movement FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER cap_movement_append_only_whole BEFORE TRUNCATE ON cap_movement FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON public_notice FROM afund_app""",
    """CREATE TRIGGER public_notice_append_only BEFORE UPDATE OR DELETE ON public_notice FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER public_notice_append_only_whole BEFORE TRUNCATE ON public_notice FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE demand ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY demand_seen ON demand FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR party_id = afund_party() OR (afund_reach() <> '' AND NOT is_confidential))""",
    """CREATE POLICY demand_written ON demand FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY demand_changed ON demand FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR party_id = afund_party() OR (afund_reach() <> '' AND NOT is_confidential))""",
    """CREATE POLICY demand_removed ON demand FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR party_id = afund_party() OR (afund_reach() <> '' AND NOT is_confidential))""",
    """ALTER TABLE match ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY match_seen ON match FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR EXISTS (SELECT FROM demand d WHERE d.id = match.demand_id AND d.party_id = afund_party()))""",
    """CREATE POLICY match_written ON match FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY match_changed ON match FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR EXISTS (SELECT FROM demand d WHERE d.id = match.demand_id AND d.party_id = afund_party()))""",
    """CREATE POLICY match_removed ON match FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR EXISTS (SELECT FROM demand d WHERE d.id = match.demand_id AND d.party_id = afund_party()))""",
    """ALTER TABLE condition_evidence ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY condition_evidence_seen ON condition_evidence FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY condition_evidence_written ON condition_evidence FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY condition_evidence_changed ON condition_evidence FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY condition_evidence_removed ON condition_evidence FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """ALTER TABLE closing_tranche ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY closing_tranche_seen ON closing_tranche FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY closing_tranche_written ON closing_tranche FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY closing_tranche_changed ON closing_tranche FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY closing_tranche_removed ON closing_tranche FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """ALTER TABLE limit_exception ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY limit_exception_seen ON limit_exception FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY limit_exception_written ON limit_exception FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY limit_exception_changed ON limit_exception FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY limit_exception_removed ON limit_exception FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """ALTER TABLE deal_closing ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY deal_closing_seen ON deal_closing FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY deal_closing_written ON deal_closing FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY deal_closing_changed ON deal_closing FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY deal_closing_removed ON deal_closing FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """ALTER TABLE committee_policy ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY committee_policy_seen ON committee_policy FOR SELECT TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY committee_policy_written ON committee_policy FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY committee_policy_changed ON committee_policy FOR UPDATE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY committee_policy_removed ON committee_policy FOR DELETE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """ALTER TABLE committee_seat ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY committee_seat_seen ON committee_seat FOR SELECT TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY committee_seat_written ON committee_seat FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY committee_seat_changed ON committee_seat FOR UPDATE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY committee_seat_removed ON committee_seat FOR DELETE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """ALTER TABLE motion_paper ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY motion_paper_seen ON motion_paper FOR SELECT TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY motion_paper_written ON motion_paper FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY motion_paper_changed ON motion_paper FOR UPDATE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY motion_paper_removed ON motion_paper FOR DELETE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """ALTER TABLE declaration ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY declaration_seen ON declaration FOR SELECT TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY declaration_written ON declaration FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY declaration_changed ON declaration FOR UPDATE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY declaration_removed ON declaration FOR DELETE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """ALTER TABLE recusal ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY recusal_seen ON recusal FOR SELECT TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY recusal_written ON recusal FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY recusal_changed ON recusal FOR UPDATE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY recusal_removed ON recusal FOR DELETE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """ALTER TABLE decision ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY decision_seen ON decision FOR SELECT TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY decision_written ON decision FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY decision_changed ON decision FOR UPDATE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY decision_removed ON decision FOR DELETE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """ALTER TABLE closing_condition ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY closing_condition_seen ON closing_condition FOR SELECT TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY closing_condition_written ON closing_condition FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY closing_condition_changed ON closing_condition FOR UPDATE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY closing_condition_removed ON closing_condition FOR DELETE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """ALTER TABLE motion ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY motion_seen ON motion FOR SELECT TO afund_app USING (afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND state <> 'draft'))""",
    """CREATE POLICY motion_written ON motion FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY motion_changed ON motion FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND state <> 'draft'))""",
    """CREATE POLICY motion_removed ON motion FOR DELETE TO afund_app USING (afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND state <> 'draft'))""",
    """ALTER TABLE ballot ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY ballot_seen ON ballot FOR SELECT TO afund_app USING (voter_id = afund_user() OR ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())) AND EXISTS (SELECT FROM motion m WHERE m.id = ballot.motion_id AND m.state IN ('closed', 'counted', 'minuted', 'executed', 'lapsed'))))""",
    """CREATE POLICY ballot_written ON ballot FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY ballot_changed ON ballot FOR UPDATE TO afund_app USING (voter_id = afund_user() OR ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())) AND EXISTS (SELECT FROM motion m WHERE m.id = ballot.motion_id AND m.state IN ('closed', 'counted', 'minuted', 'executed', 'lapsed'))))""",
    """CREATE POLICY ballot_removed ON ballot FOR DELETE TO afund_app USING (voter_id = afund_user() OR ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())) AND EXISTS (SELECT FROM motion m WHERE m.id = ballot.motion_id AND m.state IN ('closed', 'counted', 'minuted', 'executed', 'lapsed'))))""",
    """ALTER TABLE deal_interest ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY deal_interest_seen ON deal_interest FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR party_id = afund_party())""",
    """CREATE POLICY deal_interest_written ON deal_interest FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY deal_interest_changed ON deal_interest FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR party_id = afund_party())""",
    """CREATE POLICY deal_interest_removed ON deal_interest FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR party_id = afund_party())""",
    """ALTER TABLE deal ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY deal_seen ON deal FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR ('committee' = ANY (afund_roles()) AND stage IN ('committee', 'closing', 'held', 'exited')) OR EXISTS (SELECT FROM deal_interest i WHERE i.deal_id = deal.id AND i.party_id = afund_party() AND i.ended_at IS NULL))""",
    """CREATE POLICY deal_written ON deal FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY deal_changed ON deal FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR ('committee' = ANY (afund_roles()) AND stage IN ('committee', 'closing', 'held', 'exited')) OR EXISTS (SELECT FROM deal_interest i WHERE i.deal_id = deal.id AND i.party_id = afund_party() AND i.ended_at IS NULL))""",
    """CREATE POLICY deal_removed ON deal FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR ('committee' = ANY (afund_roles()) AND stage IN ('committee', 'closing', 'held', 'exited')) OR EXISTS (SELECT FROM deal_interest i WHERE i.deal_id = deal.id AND i.party_id = afund_party() AND i.ended_at IS NULL))""",
    """ALTER TABLE deal_event ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY deal_event_seen ON deal_event FOR SELECT TO afund_app USING (afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND EXISTS (SELECT FROM deal d WHERE d.id = deal_event.deal_id AND d.stage IN ('committee', 'closing', 'held', 'exited'))))""",
    """CREATE POLICY deal_event_written ON deal_event FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY deal_event_changed ON deal_event FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND EXISTS (SELECT FROM deal d WHERE d.id = deal_event.deal_id AND d.stage IN ('committee', 'closing', 'held', 'exited'))))""",
    """CREATE POLICY deal_event_removed ON deal_event FOR DELETE TO afund_app USING (afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND EXISTS (SELECT FROM deal d WHERE d.id = deal_event.deal_id AND d.stage IN ('committee', 'closing', 'held', 'exited'))))""",
    """ALTER TABLE workstream ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY workstream_seen ON workstream FOR SELECT TO afund_app USING (afund_reach() = 'all' OR (party_id = afund_party() AND afund_roles() && ARRAY['lp_user', 'lp_expert']))""",
    """CREATE POLICY workstream_written ON workstream FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY workstream_changed ON workstream FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR (party_id = afund_party() AND afund_roles() && ARRAY['lp_user', 'lp_expert']))""",
    """CREATE POLICY workstream_removed ON workstream FOR DELETE TO afund_app USING (afund_reach() = 'all' OR (party_id = afund_party() AND afund_roles() && ARRAY['lp_user', 'lp_expert']))""",
    """ALTER TABLE checklist_item ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY checklist_item_seen ON checklist_item FOR SELECT TO afund_app USING (EXISTS (SELECT FROM workstream w WHERE w.id = workstream_id))""",
    """CREATE POLICY checklist_item_written ON checklist_item FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY checklist_item_changed ON checklist_item FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM workstream w WHERE w.id = workstream_id))""",
    """CREATE POLICY checklist_item_removed ON checklist_item FOR DELETE TO afund_app USING (EXISTS (SELECT FROM workstream w WHERE w.id = workstream_id))""",
    """ALTER TABLE finding ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY finding_seen ON finding FOR SELECT TO afund_app USING (EXISTS (SELECT FROM workstream w WHERE w.id = workstream_id))""",
    """CREATE POLICY finding_written ON finding FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY finding_changed ON finding FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM workstream w WHERE w.id = workstream_id))""",
    """CREATE POLICY finding_removed ON finding FOR DELETE TO afund_app USING (EXISTS (SELECT FROM workstream w WHERE w.id = workstream_id))""",
    """ALTER TABLE finding_version ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY finding_version_seen ON finding_version FOR SELECT TO afund_app USING (EXISTS (SELECT FROM finding f WHERE f.id = finding_id))""",
    """CREATE POLICY finding_version_written ON finding_version FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY finding_version_changed ON finding_version FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM finding f WHERE f.id = finding_id))""",
    """CREATE POLICY finding_version_removed ON finding_version FOR DELETE TO afund_app USING (EXISTS (SELECT FROM finding f WHERE f.id = finding_id))""",
    """ALTER TABLE data_grant ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY data_grant_seen ON data_grant FOR SELECT TO afund_app USING (afund_reach() = 'all' OR user_id = afund_user())""",
    """CREATE POLICY data_grant_written ON data_grant FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY data_grant_changed ON data_grant FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR user_id = afund_user())""",
    """CREATE POLICY data_grant_removed ON data_grant FOR DELETE TO afund_app USING (afund_reach() = 'all' OR user_id = afund_user())""",
    """ALTER TABLE data_folder ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY data_folder_seen ON data_folder FOR SELECT TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM workstream w WHERE w.id = data_folder.workstream_id) OR EXISTS (SELECT FROM data_grant g WHERE g.folder_id = data_folder.id AND g.user_id = afund_user() AND g.effect = 'allow' AND g.ended_at IS NULL))""",
    """CREATE POLICY data_folder_written ON data_folder FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY data_folder_changed ON data_folder FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM workstream w WHERE w.id = data_folder.workstream_id) OR EXISTS (SELECT FROM data_grant g WHERE g.folder_id = data_folder.id AND g.user_id = afund_user() AND g.effect = 'allow' AND g.ended_at IS NULL))""",
    """CREATE POLICY data_folder_removed ON data_folder FOR DELETE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM workstream w WHERE w.id = data_folder.workstream_id) OR EXISTS (SELECT FROM data_grant g WHERE g.folder_id = data_folder.id AND g.user_id = afund_user() AND g.effect = 'allow' AND g.ended_at IS NULL))""",
    """ALTER TABLE data_document ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY data_document_seen ON data_document FOR SELECT TO afund_app USING (afund_reach() = 'all' OR uploaded_by_id = afund_user() OR (party_id = afund_party() AND afund_roles() && ARRAY['lp_user', 'lp_expert']) OR (state = 'accepted' AND EXISTS (SELECT FROM data_folder f WHERE f.id = data_document.folder_id)))""",
    """CREATE POLICY data_document_written ON data_document FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY data_document_changed ON data_document FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR uploaded_by_id = afund_user() OR (party_id = afund_party() AND afund_roles() && ARRAY['lp_user', 'lp_expert']) OR (state = 'accepted' AND EXISTS (SELECT FROM data_folder f WHERE f.id = data_document.folder_id)))""",
    """CREATE POLICY data_document_removed ON data_document FOR DELETE TO afund_app USING (afund_reach() = 'all' OR uploaded_by_id = afund_user() OR (party_id = afund_party() AND afund_roles() && ARRAY['lp_user', 'lp_expert']) OR (state = 'accepted' AND EXISTS (SELECT FROM data_folder f WHERE f.id = data_document.folder_id)))""",
    """ALTER TABLE data_access ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY data_access_seen ON data_access FOR SELECT TO afund_app USING (afund_reach() = 'all' OR user_id = afund_user())""",
    """CREATE POLICY data_access_written ON data_access FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY data_access_changed ON data_access FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR user_id = afund_user())""",
    """CREATE POLICY data_access_removed ON data_access FOR DELETE TO afund_app USING (afund_reach() = 'all' OR user_id = afund_user())""",
    """ALTER TABLE scoring_seat ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY scoring_seat_seen ON scoring_seat FOR SELECT TO afund_app USING (afund_reach() = 'all' OR user_id = afund_user())""",
    """CREATE POLICY scoring_seat_written ON scoring_seat FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY scoring_seat_changed ON scoring_seat FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR user_id = afund_user())""",
    """CREATE POLICY scoring_seat_removed ON scoring_seat FOR DELETE TO afund_app USING (afund_reach() = 'all' OR user_id = afund_user())""",
    """ALTER TABLE screening_round ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY screening_round_seen ON screening_round FOR SELECT TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM scoring_seat s WHERE s.round_id = screening_round.id AND s.user_id = afund_user()))""",
    """CREATE POLICY screening_round_written ON screening_round FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY screening_round_changed ON screening_round FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM scoring_seat s WHERE s.round_id = screening_round.id AND s.user_id = afund_user()))""",
    """CREATE POLICY screening_round_removed ON screening_round FOR DELETE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM scoring_seat s WHERE s.round_id = screening_round.id AND s.user_id = afund_user()))""",
    """ALTER TABLE score_sheet ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY score_sheet_seen ON score_sheet FOR SELECT TO afund_app USING (user_id = afund_user() OR (NOT EXISTS (SELECT FROM scoring_seat s WHERE s.round_id = score_sheet.round_id AND s.user_id = afund_user() AND s.submitted_at IS NULL AND s.excused_at IS NULL) AND (afund_reach() = 'all' OR EXISTS (SELECT FROM scoring_seat s WHERE s.round_id = score_sheet.round_id AND s.user_id = afund_user() AND s.submitted_at IS NOT NULL AND (score_sheet.audience <> 'enterprise' OR s.audience = 'university' OR score_sheet.party_id = afund_party())))))""",
    """CREATE POLICY score_sheet_written ON score_sheet FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY score_sheet_changed ON score_sheet FOR UPDATE TO afund_app USING (user_id = afund_user() OR (NOT EXISTS (SELECT FROM scoring_seat s WHERE s.round_id = score_sheet.round_id AND s.user_id = afund_user() AND s.submitted_at IS NULL AND s.excused_at IS NULL) AND (afund_reach() = 'all' OR EXISTS (SELECT FROM scoring_seat s WHERE s.round_id = score_sheet.round_id AND s.user_id = afund_user() AND s.submitted_at IS NOT NULL AND (score_sheet.audience <> 'enterprise' OR s.audience = 'university' OR score_sheet.party_id = afund_party())))))""",
    """CREATE POLICY score_sheet_removed ON score_sheet FOR DELETE TO afund_app USING (user_id = afund_user() OR (NOT EXISTS (SELECT FROM scoring_seat s WHERE s.round_id = score_sheet.round_id AND s.user_id = afund_user() AND s.submitted_at IS NULL AND s.excused_at IS NULL) AND (afund_reach() = 'all' OR EXISTS (SELECT FROM scoring_seat s WHERE s.round_id = score_sheet.round_id AND s.user_id = afund_user() AND s.submitted_at IS NOT NULL AND (score_sheet.audience <> 'enterprise' OR s.audience = 'university' OR score_sheet.party_id = afund_party())))))""",
    """ALTER TABLE screening_result ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY screening_result_seen ON screening_result FOR SELECT TO afund_app USING (afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND EXISTS (SELECT FROM deal d WHERE d.id = screening_result.deal_id AND d.stage IN ('committee', 'closing', 'held', 'exited'))))""",
    """CREATE POLICY screening_result_written ON screening_result FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY screening_result_changed ON screening_result FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND EXISTS (SELECT FROM deal d WHERE d.id = screening_result.deal_id AND d.stage IN ('committee', 'closing', 'held', 'exited'))))""",
    """CREATE POLICY screening_result_removed ON screening_result FOR DELETE TO afund_app USING (afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND EXISTS (SELECT FROM deal d WHERE d.id = screening_result.deal_id AND d.stage IN ('committee', 'closing', 'held', 'exited'))))""",
    """ALTER TABLE spinout ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY spinout_seen ON spinout FOR SELECT TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY spinout_written ON spinout FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY spinout_changed ON spinout FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY spinout_removed ON spinout FOR DELETE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """ALTER TABLE spinout_achievement ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY spinout_achievement_seen ON spinout_achievement FOR SELECT TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY spinout_achievement_written ON spinout_achievement FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY spinout_achievement_changed ON spinout_achievement FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY spinout_achievement_removed ON spinout_achievement FOR DELETE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """ALTER TABLE founder ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY founder_seen ON founder FOR SELECT TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY founder_written ON founder FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY founder_changed ON founder FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY founder_removed ON founder FOR DELETE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """ALTER TABLE rights_transfer ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY rights_transfer_seen ON rights_transfer FOR SELECT TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY rights_transfer_written ON rights_transfer FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY rights_transfer_changed ON rights_transfer FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY rights_transfer_removed ON rights_transfer FOR DELETE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """ALTER TABLE rights_share ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY rights_share_seen ON rights_share FOR SELECT TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY rights_share_written ON rights_share FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY rights_share_changed ON rights_share FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY rights_share_removed ON rights_share FOR DELETE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """ALTER TABLE public_notice ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY public_notice_seen ON public_notice FOR SELECT TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY public_notice_written ON public_notice FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY public_notice_changed ON public_notice FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY public_notice_removed ON public_notice FOR DELETE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """ALTER TABLE notice_objection ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY notice_objection_seen ON notice_objection FOR SELECT TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY notice_objection_written ON notice_objection FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY notice_objection_changed ON notice_objection FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY notice_objection_removed ON notice_objection FOR DELETE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """ALTER TABLE cap_movement ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY cap_movement_seen ON cap_movement FOR SELECT TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY cap_movement_written ON cap_movement FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY cap_movement_changed ON cap_movement FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE POLICY cap_movement_removed ON cap_movement FOR DELETE TO afund_app USING (afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee'])""",
    """CREATE OR REPLACE FUNCTION ballot_is_ones_own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = 'afund_app' AND NEW.voter_id IS DISTINCT FROM afund_user() THEN
        RAISE EXCEPTION 'a ballot is cast by its voter only' USING ERRCODE = 'insufficient_privilege';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER ballot_is_ones_own BEFORE INSERT OR UPDATE ON ballot FOR EACH ROW EXECUTE FUNCTION ballot_is_ones_own()""",
    """CREATE OR REPLACE FUNCTION motion_only_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' AND (
        (OLD.state IN ('closed', 'counted', 'minuted', 'executed', 'lapsed') AND NEW.state NOT IN ('closed', 'counted', 'minuted', 'executed', 'lapsed'))
        OR (OLD.policy_id IS NOT NULL AND NEW.policy_id IS DISTINCT FROM OLD.policy_id)
        OR NEW.round < OLD.round
        OR (NEW.round = OLD.round AND NEW.closes_at < OLD.closes_at)
    ) THEN
        RAISE EXCEPTION 'motion % only goes on', OLD.code USING ERRCODE = 'restrict_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER motion_only_goes_on BEFORE INSERT OR UPDATE ON motion FOR EACH ROW EXECUTE FUNCTION motion_only_goes_on()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "data_access",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('granted', 'denied', 'not_granted', 'not_accepted')",
            name=op.f("ck_data_access_outcome_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_access")),
    )
    op.create_index(op.f("ix_data_access_document_id"), "data_access", ["document_id"], unique=False)
    op.create_table(
        "scorecard",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("pass_mark", sa.Text(), nullable=False),
        sa.Column("spread_limit", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_scorecard_name_version")),
    )
    op.create_table(
        "achievement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("discipline", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("owner_party_id", sa.BigInteger(), nullable=True),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=64), nullable=False),
        sa.Column("available_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trl", sa.BigInteger(), nullable=True),
        sa.Column("mrl", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('sleeping', 'active', 'in_transformation', 'transformed')",
            name=op.f("ck_achievement_state_known"),
        ),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_achievement_cost_not_negative")),
        sa.CheckConstraint("mrl BETWEEN 1 AND 10", name=op.f("ck_achievement_mrl_on_scale")),
        sa.CheckConstraint("trl BETWEEN 1 AND 9", name=op.f("ck_achievement_trl_on_scale")),
        sa.ForeignKeyConstraint(
            ["owner_party_id"], ["party.id"], name=op.f("fk_achievement_owner_party_id_party")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievement")),
        sa.UniqueConstraint("code", name=op.f("uq_achievement_code")),
    )
    op.create_index(op.f("ix_achievement_owner_party_id"), "achievement", ["owner_party_id"], unique=False)
    op.create_index(op.f("ix_achievement_sector"), "achievement", ["sector"], unique=False)
    op.create_index(
        "ix_achievement_words",
        "achievement",
        [sa.literal_column("to_tsvector('simple'::regconfig, words)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "committee_policy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("threshold", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("quorum", sa.Text(), nullable=False),
        sa.Column("quorum_floor", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("minimum_cast", sa.BigInteger(), nullable=False),
        sa.Column("mandatory", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("veto", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recusing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("window_hours", sa.BigInteger(), nullable=False),
        sa.Column("expiry_days", sa.BigInteger(), nullable=False),
        sa.Column("early_close", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "basis IN ('eligible', 'present', 'cast')", name=op.f("ck_committee_policy_basis_known")
        ),
        sa.CheckConstraint(
            "matter IN ('new_deal', 'follow_on', 'related_party', 'exit', 'valuation', 'write_off')",
            name=op.f("ck_committee_policy_matter_known"),
        ),
        sa.CheckConstraint(
            "window_hours > 0 AND expiry_days > 0", name=op.f("ck_committee_policy_times_positive")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_committee_policy_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_policy")),
        sa.UniqueConstraint(
            "fund_id", "matter", "version", name=op.f("uq_committee_policy_fund_id_matter_version")
        ),
    )
    op.create_table(
        "committee_seat",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("is_chair", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "capacity IN ('fund', 'lp', 'expert', 'observer')", name=op.f("ck_committee_seat_capacity_known")
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_committee_seat_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_committee_seat_fund_id_fund")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_committee_seat_party_id_party")),
        sa.ForeignKeyConstraint(["person_id"], ["party.id"], name=op.f("fk_committee_seat_person_id_party")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_committee_seat_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_seat")),
        sa.UniqueConstraint(
            "fund_id", "code", "from_on", name=op.f("uq_committee_seat_fund_id_code_from_on")
        ),
    )
    op.create_index(op.f("ix_committee_seat_user_id"), "committee_seat", ["user_id"], unique=False)
    op.create_table(
        "demand",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("specification", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("wanted_trl", sa.BigInteger(), nullable=True),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=64), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("market_capacity", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("chain_position", sa.Text(), nullable=False),
        sa.Column("is_common_need", sa.Boolean(), nullable=False),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "chain_position IN ('upstream', 'in_house', 'downstream')",
            name=op.f("ck_demand_chain_position_known"),
        ),
        sa.CheckConstraint("state IN ('open', 'answered', 'withdrawn')", name=op.f("ck_demand_state_known")),
        sa.CheckConstraint(
            "urgency IN ('low', 'normal', 'high', 'critical')", name=op.f("ck_demand_urgency_known")
        ),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_demand_budget_not_negative")),
        sa.CheckConstraint("wanted_trl BETWEEN 1 AND 9", name=op.f("ck_demand_wanted_trl_on_scale")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_demand_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
        sa.UniqueConstraint("code", name=op.f("uq_demand_code")),
    )
    op.create_index(op.f("ix_demand_party_id"), "demand", ["party_id"], unique=False)
    op.create_index(op.f("ix_demand_sector"), "demand", ["sector"], unique=False)
    op.create_index(
        "ix_demand_words",
        "demand",
        [sa.literal_column("to_tsvector('simple'::regconfig, words)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "scorecard_criterion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scorecard_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("label_zh", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("weight", sa.Text(), nullable=False),
        sa.Column("top", sa.BigInteger(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "audience IN ('fund', 'university', 'enterprise')",
            name=op.f("ck_scorecard_criterion_audience_known"),
        ),
        sa.CheckConstraint(
            "minimum BETWEEN 1 AND top", name=op.f("ck_scorecard_criterion_minimum_within_points")
        ),
        sa.CheckConstraint("top >= 1", name=op.f("ck_scorecard_criterion_some_points")),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_scorecard_criterion_scorecard_id_scorecard")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_criterion")),
        sa.UniqueConstraint("scorecard_id", "name", name=op.f("uq_scorecard_criterion_scorecard_id_name")),
    )
    op.create_table(
        "scorecard_share",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scorecard_id", sa.BigInteger(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("weight", sa.Text(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "audience IN ('fund', 'university', 'enterprise')", name=op.f("ck_scorecard_share_audience_known")
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_scorecard_share_scorecard_id_scorecard")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_share")),
        sa.UniqueConstraint(
            "scorecard_id", "audience", name=op.f("uq_scorecard_share_scorecard_id_audience")
        ),
    )
    op.create_table(
        "spinout",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("business", sa.Text(), nullable=False),
        sa.Column("registered_capital", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("form IN ('limited_company', 'joint_stock')", name=op.f("ck_spinout_form_known")),
        sa.CheckConstraint("registered_capital >= 0", name=op.f("ck_spinout_capital_not_negative")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_spinout_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spinout")),
        sa.UniqueConstraint("code", name=op.f("uq_spinout_code")),
        sa.UniqueConstraint("party_id", name=op.f("uq_spinout_party_id")),
    )
    op.create_table(
        "achievement_element",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("achievement_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_critical", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievement.id"],
            name=op.f("fk_achievement_element_achievement_id_achievement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievement_element")),
        sa.UniqueConstraint(
            "achievement_id", "name", name=op.f("uq_achievement_element_achievement_id_name")
        ),
    )
    op.create_table(
        "achievement_member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("achievement_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievement.id"],
            name=op.f("fk_achievement_member_achievement_id_achievement"),
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_achievement_member_party_id_party")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievement_member")),
        sa.UniqueConstraint(
            "achievement_id", "place", name=op.f("uq_achievement_member_achievement_id_place")
        ),
    )
    op.create_table(
        "achievement_right",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("achievement_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('invention_patent', 'utility_model', 'design', 'software', 'know_how', 'standard')",
            name=op.f("ck_achievement_right_kind_known"),
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'filed', 'published', 'granted', 'licensed', 'transferred', 'lapsed')",
            name=op.f("ck_achievement_right_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievement.id"],
            name=op.f("fk_achievement_right_achievement_id_achievement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievement_right")),
        sa.UniqueConstraint(
            "achievement_id", "number", name=op.f("uq_achievement_right_achievement_id_number")
        ),
    )
    op.create_table(
        "cap_movement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("spinout_id", sa.BigInteger(), nullable=False),
        sa.Column("holder_party_id", sa.BigInteger(), nullable=False),
        sa.Column("share_class", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("units <> 0", name=op.f("ck_cap_movement_moves_something")),
        sa.ForeignKeyConstraint(
            ["holder_party_id"], ["party.id"], name=op.f("fk_cap_movement_holder_party_id_party")
        ),
        sa.ForeignKeyConstraint(
            ["spinout_id"], ["spinout.id"], name=op.f("fk_cap_movement_spinout_id_spinout")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cap_movement")),
    )
    op.create_index(
        op.f("ix_cap_movement_holder_party_id"), "cap_movement", ["holder_party_id"], unique=False
    )
    op.create_index(op.f("ix_cap_movement_spinout_id"), "cap_movement", ["spinout_id"], unique=False)
    op.create_table(
        "deal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("spinout_id", sa.BigInteger(), nullable=True),
        sa.Column("achievement_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_sort", sa.Text(), nullable=False),
        sa.Column("name_plain", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("technology", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("chain_position", sa.Text(), nullable=True),
        sa.Column("development_stage", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("round_name", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("pre_money", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("entered_stage_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pass_reason", sa.Text(), nullable=True),
        sa.Column("pass_note", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("next_step_on", sa.Date(), nullable=True),
        sa.Column("score", sa.Text(), nullable=True),
        sa.Column("score_hundredths", sa.BigInteger(), nullable=True),
        sa.Column("conflict_note", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'passed') = (pass_reason IS NOT NULL)", name=op.f("ck_deal_passed_with_reason")
        ),
        sa.CheckConstraint(
            "chain_position IN ('upstream', 'in_house', 'downstream')",
            name=op.f("ck_deal_chain_position_known"),
        ),
        sa.CheckConstraint(
            "origin IN ('laboratory', 'joint_innovation_centre', 'research_centre', 'alumni_firm', 'lp_carve_out', 'lp_referral')",
            name=op.f("ck_deal_origin_known"),
        ),
        sa.CheckConstraint(
            "pass_reason IN ('technology_immature', 'rights_unclear', 'market_too_small', 'no_industrial_user', 'team_incomplete', 'price_too_high', 'terms_not_agreed', 'outside_mandate', 'conflict_of_interest', 'knocked_out', 'diligence_finding', 'committee_rejected', 'founders_withdrew', 'duplicate', 'other')",
            name=op.f("ck_deal_pass_reason_known"),
        ),
        sa.CheckConstraint(
            "stage IN ('registered', 'screening', 'project_approval', 'due_diligence', 'committee', 'closing', 'held', 'exited')",
            name=op.f("ck_deal_stage_known"),
        ),
        sa.CheckConstraint("status IN ('active', 'on_hold', 'passed')", name=op.f("ck_deal_status_known")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_deal_amount_not_negative")),
        sa.CheckConstraint("pre_money >= 0", name=op.f("ck_deal_pre_money_not_negative")),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_deal_achievement_id_achievement")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_deal_fund_id_fund")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_deal_owner_id_app_user")),
        sa.ForeignKeyConstraint(["spinout_id"], ["spinout.id"], name=op.f("fk_deal_spinout_id_spinout")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal")),
        sa.UniqueConstraint("code", name=op.f("uq_deal_code")),
    )
    op.create_index(op.f("ix_deal_achievement_id"), "deal", ["achievement_id"], unique=False)
    op.create_index(
        "ix_deal_in_stage", "deal", ["fund_id", "status", "stage", "entered_stage_at"], unique=False
    )
    op.create_index(op.f("ix_deal_name_plain"), "deal", ["name_plain"], unique=False)
    op.create_index(op.f("ix_deal_owner_id"), "deal", ["owner_id"], unique=False)
    op.create_index(op.f("ix_deal_sector"), "deal", ["sector"], unique=False)
    op.create_index(op.f("ix_deal_spinout_id"), "deal", ["spinout_id"], unique=False)
    op.create_table(
        "founder",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("spinout_id", sa.BigInteger(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_inventor", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_founder_party_id_party")),
        sa.ForeignKeyConstraint(["spinout_id"], ["spinout.id"], name=op.f("fk_founder_spinout_id_spinout")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_founder")),
        sa.UniqueConstraint("spinout_id", "party_id", name=op.f("uq_founder_spinout_id_party_id")),
    )
    op.create_index(op.f("ix_founder_party_id"), "founder", ["party_id"], unique=False)
    op.create_table(
        "match",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("demand_id", sa.BigInteger(), nullable=False),
        sa.Column("achievement_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("components", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'rejected')", name=op.f("ck_match_state_known")
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 1000", name=op.f("ck_match_score_per_mille")),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_match_achievement_id_achievement")
        ),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_match_demand_id_demand")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
        sa.UniqueConstraint("demand_id", "achievement_id", name=op.f("uq_match_demand_id_achievement_id")),
    )
    op.create_index(op.f("ix_match_achievement_id"), "match", ["achievement_id"], unique=False)
    op.create_index("ix_match_ranked", "match", ["score", "demand_id", "achievement_id"], unique=False)
    op.create_table(
        "rights_transfer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("spinout_id", sa.BigInteger(), nullable=False),
        sa.Column("achievement_id", sa.BigInteger(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=64), nullable=False),
        sa.Column("appraisal", sa.Text(), nullable=True),
        sa.Column("appraisal_reference", sa.Text(), nullable=False),
        sa.Column("waiver_reason", sa.Text(), nullable=False),
        sa.Column("secrecy_screened_on", sa.Date(), nullable=True),
        sa.Column("secrecy_screened_by", sa.Text(), nullable=False),
        sa.Column("secrecy_clear", sa.Boolean(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "appraisal IN ('done', 'waived')", name=op.f("ck_rights_transfer_appraisal_known")
        ),
        sa.CheckConstraint(
            "route IN ('agreement', 'listing', 'auction')", name=op.f("ck_rights_transfer_route_known")
        ),
        sa.CheckConstraint("price > 0", name=op.f("ck_rights_transfer_price_positive")),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_rights_transfer_achievement_id_achievement")
        ),
        sa.ForeignKeyConstraint(
            ["spinout_id"], ["spinout.id"], name=op.f("fk_rights_transfer_spinout_id_spinout")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_transfer")),
        sa.UniqueConstraint(
            "spinout_id", "achievement_id", name=op.f("uq_rights_transfer_spinout_id_achievement_id")
        ),
    )
    op.create_index(
        op.f("ix_rights_transfer_achievement_id"), "rights_transfer", ["achievement_id"], unique=False
    )
    op.create_table(
        "spinout_achievement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("spinout_id", sa.BigInteger(), nullable=False),
        sa.Column("achievement_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievement.id"],
            name=op.f("fk_spinout_achievement_achievement_id_achievement"),
        ),
        sa.ForeignKeyConstraint(
            ["spinout_id"], ["spinout.id"], name=op.f("fk_spinout_achievement_spinout_id_spinout")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spinout_achievement")),
        sa.UniqueConstraint(
            "spinout_id", "achievement_id", name=op.f("uq_spinout_achievement_spinout_id_achievement_id")
        ),
    )
    op.create_index(
        op.f("ix_spinout_achievement_achievement_id"), "spinout_achievement", ["achievement_id"], unique=False
    )
    op.create_table(
        "closing_tranche",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_closing_tranche_amount_positive")),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_closing_tranche_deal_id_deal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_tranche")),
        sa.UniqueConstraint("deal_id", "number", name=op.f("uq_closing_tranche_deal_id_number")),
    )
    op.create_table(
        "deal_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_stage", sa.Text(), nullable=True),
        sa.Column("to_stage", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=True),
        sa.Column("entered_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pass_reason", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "from_stage IN ('registered', 'screening', 'project_approval', 'due_diligence', 'committee', 'closing', 'held', 'exited')",
            name=op.f("ck_deal_event_from_stage_known"),
        ),
        sa.CheckConstraint(
            "gate IN ('screening', 'diligence', 'committee', 'closing', 'exit')",
            name=op.f("ck_deal_event_gate_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('registered', 'moved', 'sent_back', 'undone', 'put_on_hold', 'passed', 'reactivated', 'edited', 'interest', 'conflict')",
            name=op.f("ck_deal_event_kind_known"),
        ),
        sa.CheckConstraint(
            "pass_reason IN ('technology_immature', 'rights_unclear', 'market_too_small', 'no_industrial_user', 'team_incomplete', 'price_too_high', 'terms_not_agreed', 'outside_mandate', 'conflict_of_interest', 'knocked_out', 'diligence_finding', 'committee_rejected', 'founders_withdrew', 'duplicate', 'other')",
            name=op.f("ck_deal_event_pass_reason_known"),
        ),
        sa.CheckConstraint(
            "to_stage IN ('registered', 'screening', 'project_approval', 'due_diligence', 'committee', 'closing', 'held', 'exited')",
            name=op.f("ck_deal_event_to_stage_known"),
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_deal_event_deal_id_deal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_event")),
        sa.UniqueConstraint("deal_id", "number", name=op.f("uq_deal_event_deal_id_number")),
    )
    op.create_table(
        "deal_interest",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("is_co_diligence", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_deal_interest_deal_id_deal")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_deal_interest_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_interest")),
    )
    op.create_index(op.f("ix_deal_interest_deal_id"), "deal_interest", ["deal_id"], unique=False)
    op.create_index(op.f("ix_deal_interest_party_id"), "deal_interest", ["party_id"], unique=False)
    op.create_index(
        "uq_deal_interest_live",
        "deal_interest",
        ["deal_id", "party_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "limit_exception",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("breaches", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_limit_exception_has_reason")),
        sa.CheckConstraint(
            "approved_at IS NULL OR approved_by_id IS DISTINCT FROM asked_by_id",
            name=op.f("ck_limit_exception_approved_by_another"),
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_limit_exception_deal_id_deal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_exception")),
    )
    op.create_index(op.f("ix_limit_exception_deal_id"), "limit_exception", ["deal_id"], unique=False)
    op.create_table(
        "motion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("papers_hash", sa.String(length=64), nullable=True),
        sa.Column("policy_id", sa.BigInteger(), nullable=True),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_closed_early", sa.Boolean(), nullable=False),
        sa.Column("minutes_sha256", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "matter IN ('new_deal', 'follow_on', 'related_party', 'exit', 'valuation', 'write_off')",
            name=op.f("ck_motion_matter_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'papers_locked', 'declarations', 'open', 'closed', 'counted', 'minuted', 'executed', 'lapsed')",
            name=op.f("ck_motion_state_known"),
        ),
        sa.CheckConstraint(
            "verdict IN ('approved', 'approved_with_conditions', 'rejected', 'inquorate', 'vetoed', 'escalated')",
            name=op.f("ck_motion_verdict_known"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_motion_amount_not_negative")),
        sa.CheckConstraint(
            "closed_at >= closes_at OR is_closed_early", name=op.f("ck_motion_closed_in_time")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["party.id"], name=op.f("fk_motion_company_id_party")),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_motion_deal_id_deal")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_motion_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["committee_policy.id"], name=op.f("fk_motion_policy_id_committee_policy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion")),
        sa.UniqueConstraint("code", name=op.f("uq_motion_code")),
    )
    op.create_index(op.f("ix_motion_deal_id"), "motion", ["deal_id"], unique=False)
    op.create_index("ix_motion_due", "motion", ["state", "closes_at"], unique=False)
    op.create_table(
        "public_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rights_id", sa.BigInteger(), nullable=False),
        sa.Column("achievement", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["rights_id"], ["rights_transfer.id"], name=op.f("fk_public_notice_rights_id_rights_transfer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice")),
    )
    op.create_index(op.f("ix_public_notice_rights_id"), "public_notice", ["rights_id"], unique=False)
    op.create_table(
        "readiness",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("element_id", sa.BigInteger(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("assessor", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("scale IN ('trl', 'mrl')", name=op.f("ck_readiness_scale_known")),
        sa.CheckConstraint("level BETWEEN 1 AND 10", name=op.f("ck_readiness_level_on_scale")),
        sa.ForeignKeyConstraint(
            ["element_id"],
            ["achievement_element.id"],
            name=op.f("fk_readiness_element_id_achievement_element"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness")),
    )
    op.create_index(op.f("ix_readiness_element_id"), "readiness", ["element_id"], unique=False)
    op.create_table(
        "rights_share",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rights_id", sa.BigInteger(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.Text(), nullable=False),
        sa.Column("is_inventor", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_rights_share_party_id_party")),
        sa.ForeignKeyConstraint(
            ["rights_id"], ["rights_transfer.id"], name=op.f("fk_rights_share_rights_id_rights_transfer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_share")),
        sa.UniqueConstraint("rights_id", "party_id", name=op.f("uq_rights_share_rights_id_party_id")),
    )
    op.create_index(op.f("ix_rights_share_party_id"), "rights_share", ["party_id"], unique=False)
    op.create_table(
        "screening_round",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("scorecard_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name=op.f("ck_screening_round_closed_with_time")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'concluded', 'abandoned')", name=op.f("ck_screening_round_state_known")
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_screening_round_deal_id_deal")),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_screening_round_scorecard_id_scorecard")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_round")),
        sa.UniqueConstraint("deal_id", "number", name=op.f("uq_screening_round_deal_id_number")),
    )
    op.create_index(
        "uq_screening_round_open",
        "screening_round",
        ["deal_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "workstream",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'concluded') = (concluded_at IS NOT NULL)",
            name=op.f("ck_workstream_concluded_with_time"),
        ),
        sa.CheckConstraint("state IN ('open', 'concluded')", name=op.f("ck_workstream_state_known")),
        sa.CheckConstraint(
            "subject IN ('technology', 'intellectual_property', 'market', 'legal', 'finance', 'team', 'industrial_trial')",
            name=op.f("ck_workstream_subject_known"),
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_workstream_deal_id_deal")),
        sa.ForeignKeyConstraint(["lead_id"], ["app_user.id"], name=op.f("fk_workstream_lead_id_app_user")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_workstream_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workstream")),
        sa.UniqueConstraint("code", name=op.f("uq_workstream_code")),
    )
    op.create_index(op.f("ix_workstream_party_id"), "workstream", ["party_id"], unique=False)
    op.create_index(
        "uq_workstream_subject",
        "workstream",
        ["deal_id", "subject", sa.literal_column("coalesce(party_id, 0)")],
        unique=True,
    )
    op.create_table(
        "ballot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.BigInteger(), nullable=False),
        sa.Column("voter_id", sa.BigInteger(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("papers_hash", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "choice IN ('yes', 'no', 'abstain', 'conditions', 'veto')", name=op.f("ck_ballot_choice_known")
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_ballot_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["committee_seat.id"], name=op.f("fk_ballot_seat_id_committee_seat")
        ),
        sa.ForeignKeyConstraint(["voter_id"], ["app_user.id"], name=op.f("fk_ballot_voter_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("commitment", name=op.f("uq_ballot_commitment")),
    )
    op.create_index("ix_ballot_of_motion", "ballot", ["motion_id", "round", "seat_id", "id"], unique=False)
    op.create_table(
        "checklist_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workstream_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("is_mandatory", sa.Boolean(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(done_at IS NULL) = (done_by = '')", name=op.f("ck_checklist_item_done_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["workstream_id"], ["workstream.id"], name=op.f("fk_checklist_item_workstream_id_workstream")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_item")),
        sa.UniqueConstraint("workstream_id", "number", name=op.f("uq_checklist_item_workstream_id_number")),
    )
    op.create_table(
        "closing_condition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.BigInteger(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_closing_condition_deal_id_deal")),
        sa.ForeignKeyConstraint(
            ["motion_id"], ["motion.id"], name=op.f("fk_closing_condition_motion_id_motion")
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["committee_seat.id"], name=op.f("fk_closing_condition_seat_id_committee_seat")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_condition")),
        sa.UniqueConstraint("motion_id", "number", name=op.f("uq_closing_condition_motion_id_number")),
    )
    op.create_index(op.f("ix_closing_condition_deal_id"), "closing_condition", ["deal_id"], unique=False)
    op.create_table(
        "data_folder",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("workstream_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_data_folder_deal_id_deal")),
        sa.ForeignKeyConstraint(
            ["workstream_id"], ["workstream.id"], name=op.f("fk_data_folder_workstream_id_workstream")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_folder")),
        sa.UniqueConstraint("deal_id", "name", name=op.f("uq_data_folder_deal_id_name")),
    )
    op.create_index(op.f("ix_data_folder_workstream_id"), "data_folder", ["workstream_id"], unique=False)
    op.create_table(
        "deal_closing",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("tranche", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("instrument", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("payable", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("exception_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND payable BETWEEN 0 AND amount", name=op.f("ck_deal_closing_amounts_in_range")
        ),
        sa.CheckConstraint(
            "settled_on IS NULL OR payable > 0", name=op.f("ck_deal_closing_settles_something")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["capital_call.id"], name=op.f("fk_deal_closing_call_id_capital_call")
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_deal_closing_deal_id_deal")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_deal_closing_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_deal_closing_holding_id_holding")
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_deal_closing_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_closing")),
        sa.UniqueConstraint("deal_id", "tranche", name=op.f("uq_deal_closing_deal_id_tranche")),
    )
    op.create_index(op.f("ix_deal_closing_fund_id"), "deal_closing", ["fund_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("papers_hash", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("eligible", sa.BigInteger(), nullable=False),
        sa.Column("present", sa.BigInteger(), nullable=False),
        sa.Column("quorum", sa.BigInteger(), nullable=False),
        sa.Column("needed", sa.BigInteger(), nullable=False),
        sa.Column("yes", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("abstain", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('approved', 'approved_with_conditions', 'rejected', 'inquorate', 'vetoed', 'escalated')",
            name=op.f("ck_decision_verdict_known"),
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_decision_deal_id_deal")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_decision_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["committee_policy.id"], name=op.f("fk_decision_policy_id_committee_policy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("motion_id", name=op.f("uq_decision_motion_id")),
    )
    op.create_index(op.f("ix_decision_deal_id"), "decision", ["deal_id"], unique=False)
    op.create_table(
        "declaration",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("is_nil", sa.Boolean(), nullable=False),
        sa.Column("conflicts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_declaration_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["committee_seat.id"], name=op.f("fk_declaration_seat_id_committee_seat")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_declaration_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
    )
    op.create_index(op.f("ix_declaration_motion_id"), "declaration", ["motion_id"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workstream_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workstream_id"], ["workstream.id"], name=op.f("fk_finding_workstream_id_workstream")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("code", name=op.f("uq_finding_code")),
    )
    op.create_index(op.f("ix_finding_workstream_id"), "finding", ["workstream_id"], unique=False)
    op.create_table(
        "motion_paper",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_paper_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_paper")),
        sa.UniqueConstraint(
            "motion_id", "round", "position", name=op.f("uq_motion_paper_motion_id_round_position")
        ),
    )
    op.create_table(
        "notice_objection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("objector", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("handled_on", sa.Date(), nullable=True),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("is_upheld", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(handled_on IS NULL) = (handling = '')", name=op.f("ck_notice_objection_handled_with_words")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["public_notice.id"], name=op.f("fk_notice_objection_notice_id_public_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_objection")),
    )
    op.create_index(op.f("ix_notice_objection_notice_id"), "notice_objection", ["notice_id"], unique=False)
    op.create_table(
        "recusal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("withdrawal_asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('customer', 'supplier', 'competitor', 'potential_acquirer', 'inventors_employer', 'co_applicant', 'prior_investor', 'inventor', 'relative', 'university_officer', 'university', 'affiliate', 'other')",
            name=op.f("ck_recusal_kind_known"),
        ),
        sa.CheckConstraint("source IN ('declared', 'graph')", name=op.f("ck_recusal_source_known")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR (withdrawal_asked_by_id IS DISTINCT FROM withdrawn_by_id)",
            name=op.f("ck_recusal_withdrawn_by_two"),
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_recusal_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["committee_seat.id"], name=op.f("fk_recusal_seat_id_committee_seat")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
    )
    op.create_index("ix_recusal_of_motion", "recusal", ["motion_id", "seat_id"], unique=False)
    op.create_table(
        "score_sheet",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "audience IN ('fund', 'university', 'enterprise')", name=op.f("ck_score_sheet_audience_known")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_score_sheet_party_id_party")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["screening_round.id"], name=op.f("fk_score_sheet_round_id_screening_round")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_score_sheet_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet")),
        sa.UniqueConstraint("round_id", "user_id", name=op.f("uq_score_sheet_round_id_user_id")),
    )
    op.create_table(
        "scoring_seat",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excuse", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(audience = 'enterprise') = (party_id IS NOT NULL)",
            name=op.f("ck_scoring_seat_enterprise_has_party"),
        ),
        sa.CheckConstraint(
            "audience IN ('fund', 'university', 'enterprise')", name=op.f("ck_scoring_seat_audience_known")
        ),
        sa.CheckConstraint(
            "submitted_at IS NULL OR excused_at IS NULL", name=op.f("ck_scoring_seat_submitted_or_excused")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_scoring_seat_party_id_party")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["screening_round.id"], name=op.f("fk_scoring_seat_round_id_screening_round")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_scoring_seat_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_seat")),
        sa.UniqueConstraint("round_id", "user_id", name=op.f("uq_scoring_seat_round_id_user_id")),
    )
    op.create_index(op.f("ix_scoring_seat_user_id"), "scoring_seat", ["user_id"], unique=False)
    op.create_table(
        "screening_result",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Text(), nullable=False),
        sa.Column("by_audience", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("spread", sa.Text(), nullable=False),
        sa.Column("is_spread_wide", sa.Boolean(), nullable=False),
        sa.Column("knock_outs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("passes", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_screening_result_deal_id_deal")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["screening_round.id"], name=op.f("fk_screening_result_round_id_screening_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_result")),
        sa.UniqueConstraint("round_id", name=op.f("uq_screening_result_round_id")),
    )
    op.create_index(op.f("ix_screening_result_deal_id"), "screening_result", ["deal_id"], unique=False)
    op.create_table(
        "condition_evidence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("condition_id", sa.BigInteger(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("documents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("satisfied_by_id", sa.BigInteger(), nullable=True),
        sa.Column("satisfied_by", sa.Text(), nullable=False),
        sa.Column("satisfied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by", sa.Text(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR confirmed_by_id IS DISTINCT FROM satisfied_by_id",
            name=op.f("ck_condition_evidence_confirmed_by_another"),
        ),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR returned_at IS NULL",
            name=op.f("ck_condition_evidence_confirmed_or_returned"),
        ),
        sa.ForeignKeyConstraint(
            ["condition_id"],
            ["closing_condition.id"],
            name=op.f("fk_condition_evidence_condition_id_closing_condition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_evidence")),
    )
    op.create_index(
        op.f("ix_condition_evidence_condition_id"), "condition_evidence", ["condition_id"], unique=False
    )
    op.create_index(
        "uq_condition_evidence_live",
        "condition_evidence",
        ["condition_id"],
        unique=True,
        postgresql_where=sa.text("returned_at IS NULL"),
    )
    op.create_table(
        "data_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("folder_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'declined')", name=op.f("ck_data_document_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["data_folder.id"], name=op.f("fk_data_document_folder_id_data_folder")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_data_document_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_document")),
    )
    op.create_index("ix_data_document_folder", "data_document", ["folder_id", "id"], unique=False)
    op.create_index(op.f("ix_data_document_sha256"), "data_document", ["sha256"], unique=False)
    op.create_table(
        "data_grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("folder_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("effect IN ('allow', 'deny')", name=op.f("ck_data_grant_effect_known")),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["data_folder.id"], name=op.f("fk_data_grant_folder_id_data_folder")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_data_grant_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_grant")),
    )
    op.create_index(op.f("ix_data_grant_user_id"), "data_grant", ["user_id"], unique=False)
    op.create_index(
        "uq_data_grant_live",
        "data_grant",
        ["folder_id", "user_id", "effect"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "finding_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("closes_by", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "severity IN ('minor', 'major', 'critical')", name=op.f("ck_finding_version_severity_known")
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_finding_version_state_known")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_version_finding_id_finding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_version")),
        sa.UniqueConstraint("finding_id", "version", name=op.f("uq_finding_version_finding_id_version")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE finding_version CASCADE")
    op.execute("DROP TABLE data_grant CASCADE")
    op.execute("DROP TABLE data_document CASCADE")
    op.execute("DROP TABLE condition_evidence CASCADE")
    op.execute("DROP TABLE screening_result CASCADE")
    op.execute("DROP TABLE scoring_seat CASCADE")
    op.execute("DROP TABLE score_sheet CASCADE")
    op.execute("DROP TABLE recusal CASCADE")
    op.execute("DROP TABLE notice_objection CASCADE")
    op.execute("DROP TABLE motion_paper CASCADE")
    op.execute("DROP TABLE finding CASCADE")
    op.execute("DROP TABLE declaration CASCADE")
    op.execute("DROP TABLE decision CASCADE")
    op.execute("DROP TABLE deal_closing CASCADE")
    op.execute("DROP TABLE data_folder CASCADE")
    op.execute("DROP TABLE closing_condition CASCADE")
    op.execute("DROP TABLE checklist_item CASCADE")
    op.execute("DROP TABLE ballot CASCADE")
    op.execute("DROP TABLE workstream CASCADE")
    op.execute("DROP TABLE screening_round CASCADE")
    op.execute("DROP TABLE rights_share CASCADE")
    op.execute("DROP TABLE readiness CASCADE")
    op.execute("DROP TABLE public_notice CASCADE")
    op.execute("DROP TABLE motion CASCADE")
    op.execute("DROP TABLE limit_exception CASCADE")
    op.execute("DROP TABLE deal_interest CASCADE")
    op.execute("DROP TABLE deal_event CASCADE")
    op.execute("DROP TABLE closing_tranche CASCADE")
    op.execute("DROP TABLE spinout_achievement CASCADE")
    op.execute("DROP TABLE rights_transfer CASCADE")
    op.execute("DROP TABLE match CASCADE")
    op.execute("DROP TABLE founder CASCADE")
    op.execute("DROP TABLE deal CASCADE")
    op.execute("DROP TABLE cap_movement CASCADE")
    op.execute("DROP TABLE achievement_right CASCADE")
    op.execute("DROP TABLE achievement_member CASCADE")
    op.execute("DROP TABLE achievement_element CASCADE")
    op.execute("DROP TABLE spinout CASCADE")
    op.execute("DROP TABLE scorecard_share CASCADE")
    op.execute("DROP TABLE scorecard_criterion CASCADE")
    op.execute("DROP TABLE demand CASCADE")
    op.execute("DROP TABLE committee_seat CASCADE")
    op.execute("DROP TABLE committee_policy CASCADE")
    op.execute("DROP TABLE achievement CASCADE")
    op.execute("DROP TABLE scorecard CASCADE")
    op.execute("DROP TABLE data_access CASCADE")
    op.execute("DROP FUNCTION ballot_is_ones_own()")
    op.execute("DROP FUNCTION motion_only_goes_on()")
