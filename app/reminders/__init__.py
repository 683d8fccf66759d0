"""From open invoices to delivered reminders: cadence, planner, gate, wording, dispatch.

Pure: calendar, planner, preview, standing, gate, wording, compose. Shell: loading, reconciling, planning,
confirming; then one batch on its way: claiming, cases, deciding, delivering, sending, outcomes, settling,
dispatch, tasks.
"""
