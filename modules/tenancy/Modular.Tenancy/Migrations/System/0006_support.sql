-- A tenant lets the installation's operators in.

create table tenancy.support_grant (
  grant_id   bigint      generated always as identity primary key,
  tenant_id  bigint      not null references tenancy.tenant on delete cascade,
  role       text        not null,    -- whose rights they have there
  reason     text        not null,
  granted_by text        not null,    -- user/ID
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);

create index support_grant_tenant on tenancy.support_grant (tenant_id) where revoked_at is null;
