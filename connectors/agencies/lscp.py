"""The partnership's own office, which keeps the audit's returns and the actions that followed."""

from connectors.systems import audit_forms

FEEDS = (audit_forms.feed("lscp"),)
