-- People, what they may do, and where they are signed in. Personal data is sealed under the installation's key; tokens are kept as SHA-256 of 256 random bits.

-- A tenant's own roles, and what it made of the built-in ones: those that are as they came have no row.
create table tenancy.role (
  tenant_id   bigint      not null references tenancy.tenant on delete cascade,
  name        text        not null,
  permissions text        not null,   -- names, separated by one blank
  changed_at  timestamptz not null,
  primary key (tenant_id, name)
);

-- Who runs the installation. Made on the command line alone.
create table tenancy.operator (
  user_id    bigint      primary key references tenancy.user_account on delete cascade,
  created_at timestamptz not null
);

create table tenancy.session (
  session_id   bigint      generated always as identity primary key,
  hash         bytea       not null unique,   -- of the token in the cookie; another one after each sign-in and each fresh factor
  user_id      bigint      not null references tenancy.user_account on delete cascade,
  tenant_id    bigint      references tenancy.tenant on delete cascade,   -- null: an operator, in no tenant
  stamp        text        not null,          -- the account's security stamp when it began: with another one it has ended
  created_at   timestamptz not null,
  seen_at      timestamptz not null,          -- to the minute
  proven_at    timestamptz not null,          -- the last fresh factor
  proven_by    text        not null,          -- password, totp, passkey, sms, recovery
  network      text        not null,          -- IPv4 address or IPv6 /64
  agent_sealed bytea       not null,          -- what the browser calls itself; purpose tenancy.session.agent, bound to user_id
  expires_at   timestamptz not null,          -- whatever happens
  revoked_at   timestamptz                    -- null: in force
);

create index session_of_user on tenancy.session (user_id) where revoked_at is null;

-- Each tenant's rules for those who sign in; a tenant without a row has the defaults.
create table tenancy.policy (
  tenant_id  bigint      primary key references tenancy.tenant on delete cascade,
  rules      jsonb       not null,
  changed_at timestamptz not null
);
