-- What every tenant's room has before any module furnishes it.

-- One sequence for all ids of the tenant. It starts at a random place between 2^40 and 2^51, so that an id of one tenant finds nothing in
-- another, and leaves room below 2^53, so that a browser can count with it.
create sequence id_seq as bigint;
select setval('id_seq', (1099511627776 + random() * 2250700302057472)::bigint);

-- One row for each event and hearer, written in the teller's transaction and deleted in the hearer's.
create table outbox (
  outbox_id  bigint      not null default nextval('id_seq') primary key,
  hearer     text        not null,
  event      text        not null,   -- the event as JSON; never an address or a name
  attempts   integer     not null default 0,
  due_at     timestamptz not null default now(),
  told_at    timestamptz not null default now(),
  last_fault text,                   -- of the last attempt
  is_parked  boolean     not null default false
);

create index outbox_due on outbox (due_at) where not is_parked;
