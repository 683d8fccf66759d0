"""From open invoices to delivered reminders: cadence, planner, gate, wording, dispatch.

Pure: calendar, planner, preview, standing, gate, wording, compose. Shell: loading, reconciling, planning,
confirming, claiming, delivering, settling, dispatch, tasks, queries.
"""
