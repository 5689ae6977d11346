-- What was done to the installation: the same shape as each tenant's audit, sealed under the installation's key.
create table compliance.audit (
  seq           bigint      primary key check (seq > 0),
  at            timestamptz not null,
  actor_kind    text        not null,
  actor_index   uuid        not null,
  door          text        not null,
  address_index uuid,
  action        text        not null,
  subject       text        not null,
  detail        text,
  refused       boolean     not null,
  content       bytea       not null,   -- sealed: actor, address, before, after; purpose compliance.audit, bound to seq
  commitment    bytea       not null,   -- MAC of what is sealed in content
  hash          bytea       not null,   -- SHA-256
  mac           bytea       not null    -- MAC of hash
);

comment on table compliance.audit is 'append-only: the system''s login may insert and select';

create index audit_at on compliance.audit (at);
create index audit_action on compliance.audit (action, seq);
create index audit_subject on compliance.audit (subject, seq);
create index audit_actor on compliance.audit (actor_index, seq);
create index audit_address on compliance.audit (address_index, seq) where address_index is not null;

-- How far each trail was known to be whole, outside the reach of the tenant whose trail it is: cutting off its end is found by this.
create table compliance.audit_anchor (
  trail bigint      primary key,   -- the tenant's number; -1: the installation
  seq   bigint      not null,
  hash  bytea       not null,      -- SHA-256, the row's own
  at    timestamptz not null,
  mac   bytea       not null       -- MAC of trail, seq and hash under the installation's key
);
