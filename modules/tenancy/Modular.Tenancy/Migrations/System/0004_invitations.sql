-- People who are asked to join a tenant.

create table tenancy.invitation (
  invitation_id  bigint      primary key,
  tenant_id      bigint      not null references tenancy.tenant on delete cascade,
  hash           bytea       not null unique,   -- SHA-256 of the token in the mail, which is 256 random bits
  address_index  uuid        not null,          -- as user_account.name_index
  address_sealed bytea       not null,          -- purpose tenancy.invitation, bound to invitation_id
  role           text        not null,
  invited_by     text        not null,          -- user/ID
  created_at     timestamptz not null,
  expires_at     timestamptz not null,
  accepted_at    timestamptz,
  revoked_at     timestamptz
);

create sequence tenancy.invitation_id_seq as bigint owned by tenancy.invitation.invitation_id;

create index invitation_tenant on tenancy.invitation (tenant_id);
