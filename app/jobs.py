"""Every kind of durable work: a worker can take up only what its process has registered by importing it."""

from app.letters import default_letters, indemnity_letters, reminder_letters, report_letters
from app.notice_letters import notice_letters
from fund.capital.jobs import call_reminder
from kernel.letters.jobs import letter_send
from lp_reports.jobs import memo_print, quarter_close, quarter_report, report_print
from pipeline.closing.jobs import exposure_watch
from pipeline.committee.jobs import motion_close, motion_lapse

JOBS = (
    call_reminder,
    default_letters,
    exposure_watch,
    indemnity_letters,
    letter_send,
    memo_print,
    motion_close,
    motion_lapse,
    notice_letters,
    quarter_close,
    quarter_report,
    reminder_letters,
    report_letters,
    report_print,
)
