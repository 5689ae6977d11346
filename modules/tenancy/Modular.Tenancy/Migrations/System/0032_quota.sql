-- What a tenant may take up. No row, or null: no limit.
create table tenancy.quota (
  tenant_id     bigint      primary key references tenancy.tenant on delete cascade,
  contacts      bigint      check (contacts >= 0),
  mails_per_day bigint      check (mails_per_day >= 0),
  storage_bytes bigint      check (storage_bytes >= 0),
  users         bigint      check (users >= 0),
  changed_at    timestamptz not null
);

-- How many mails a tenant with a limit has begun, by day in UTC.
create table tenancy.mail_day (
  tenant_id bigint not null references tenancy.tenant on delete cascade,
  day       date   not null,
  taken     bigint not null default 0,
  primary key (tenant_id, day)
);
