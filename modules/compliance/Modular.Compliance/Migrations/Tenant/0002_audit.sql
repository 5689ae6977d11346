-- Who did what. The tenant's own login can add to it and read it; nothing that a request can reach changes or removes a row.
create table audit (
  audit_id     bigint      primary key,
  at           timestamptz not null,
  actor_kind   text        not null,   -- user, key, cli, system
  actor_sealed bytea       not null,   -- the actor in full, which for a user is an address; purpose compliance.audit.actor, bound to audit_id
  action       text        not null,   -- object and past tense: campaign.sent
  subject      text        not null,   -- kind and id: campaign/4503599
  detail       text                    -- figures and names that help; never a recipient's address or name
);

comment on table audit is 'append-only: the tenant''s login may insert and select';

create index audit_action on audit (action, audit_id);
