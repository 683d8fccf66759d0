"""From open invoices to delivered reminders: cadence, planner, gate, wording, dispatch.

Pure: calendar (days, hours), zones, conditions, planner (steps, diary, groups), preview, freshness,
ready_made, standing, gate, wording, compose. Shell: loading, reconciling, planning, catch_up, looking_ahead,
confirming; then one batch on its way: claiming, cases, deciding, delivering, sending, outcomes, settling,
dispatch, tasks.
"""
