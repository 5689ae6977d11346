-- A tenant's life: suspended is a pause, deactivated the way to the end, shredded the end of its data.
alter table tenancy.tenant drop constraint tenant_state_check;
alter table tenancy.tenant add constraint tenant_state_check check (state in ('creating', 'active', 'suspended', 'deactivated', 'shredded'));

alter table tenancy.tenant add column state_reason text;            -- in the operator's words; null where there was nothing to say
alter table tenancy.tenant add column state_since  timestamptz;     -- null: since it was made
