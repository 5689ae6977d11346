-- Who the tenants are, who may sign in, and with which keys programs call. Personal data is sealed: a dump shows no address and no name of a person.

create table tenancy.tenant (
  tenant_id  bigint      primary key,       -- 40 random bits; also names the schema and the login
  slug       text        not null unique,   -- the tenant's word in paths
  name       text        not null,
  state      text        not null check (state in ('creating', 'active', 'deactivated')),   -- creating: its room is not furnished yet
  created_at timestamptz not null
);

create sequence tenancy.user_id_seq as bigint;

create table tenancy.user_account (
  user_id        bigint      primary key,
  name_index     uuid        not null unique,   -- blind index of the sign-in address, under the installation's key
  name_sealed    bytea       not null,          -- the sign-in address; purpose tenancy.user.name, bound to user_id
  password_hash  text        not null,          -- the framework's own format: algorithm, iterations, salt, hash
  security_stamp text        not null,          -- changes with the password; a session that carries another one ends
  created_at     timestamptz not null,
  signed_in_at   timestamptz                    -- the last time; null until the first
);

create table tenancy.membership (
  user_id    bigint      not null references tenancy.user_account on delete cascade,
  tenant_id  bigint      not null references tenancy.tenant on delete cascade,
  role       text        not null,
  created_at timestamptz not null,
  primary key (user_id, tenant_id)
);

create index membership_tenant on tenancy.membership (tenant_id);

-- The key ring of cookies and form tokens.
create table tenancy.data_protection_key (
  name text primary key,
  xml  text not null   -- the secret inside it is sealed
);
