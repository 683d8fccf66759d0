"""DueMate: payment reminders for Xero and QuickBooks Online."""
