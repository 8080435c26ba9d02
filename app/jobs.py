"""Every kind of durable work: a worker can take up only what its process has registered by importing it."""

from fund.capital.jobs import call_reminder
from lp_reports.jobs import quarter_close, quarter_report, report_print
from pipeline.committee.jobs import motion_close

JOBS = (call_reminder, motion_close, quarter_close, quarter_report, report_print)
