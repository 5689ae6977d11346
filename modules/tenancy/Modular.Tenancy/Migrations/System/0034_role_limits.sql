-- Roles that reach some of a tenant's lists and sending domains alone.

alter table tenancy.role
  add column lists           text,   -- ids, separated by one blank; null: all
  add column sending_domains text;   -- names, separated by one blank; null: all
