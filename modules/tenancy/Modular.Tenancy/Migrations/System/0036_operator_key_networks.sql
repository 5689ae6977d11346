-- Operators' keys can be confined to networks, as tenants' keys are.

alter table tenancy.operator_key
  add column networks text not null default '';   -- with one blank between; empty: from anywhere
