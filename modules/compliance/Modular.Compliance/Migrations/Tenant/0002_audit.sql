-- Who did what, row chained to row. The tenant's own login can add to it and read it; nothing that a request can reach changes or removes a row, and
-- whoever does it with more rights is found out: see host/decisions/0009-a-chained-audit.md. The installation's own trail has the same shape.
create table audit (
  seq           bigint      primary key check (seq > 0),   -- 1, 2, 3, without a gap
  at            timestamptz not null,
  actor_kind    text        not null,   -- user, key, cli, system
  actor_index   uuid        not null,   -- blind index of the actor
  door          text        not null,   -- console, rest, webdav, submission, cli, public, system
  address_index uuid,                   -- blind index of the client's address; null: nobody came through a door
  action        text        not null,   -- object and past tense: campaign.sent
  subject       text        not null,   -- kind and id: campaign/4503599
  detail        text,                   -- figures and names that help; never a recipient's address or name
  refused       boolean     not null,
  content       bytea       not null,   -- sealed: actor, address, before, after; purpose compliance.audit, bound to seq
  commitment    bytea       not null,   -- MAC of what is sealed in content, so that content can be sealed anew and the chain stands
  hash          bytea       not null,   -- SHA-256 of the hash of the row before and of every column above but content
  mac           bytea       not null    -- MAC of hash: without the key store nobody makes a row that fits
);

comment on table audit is 'append-only: the tenant''s login may insert and select';

create index audit_at on audit (at);
create index audit_action on audit (action, seq);
create index audit_subject on audit (subject, seq);
create index audit_actor on audit (actor_index, seq);
create index audit_address on audit (address_index, seq) where address_index is not null;
