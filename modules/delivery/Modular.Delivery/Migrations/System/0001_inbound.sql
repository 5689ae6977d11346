-- Mail to the gateway's own addresses (feedback loop, postmaster, abuse): which tenant it is about is found out by reading it.
create table delivery.inbound (
  inbound_id  bigint      generated always as identity primary key,
  received_at timestamptz not null,
  due_at      timestamptz,          -- null once it is read
  attempts    smallint    not null default 0,
  kind        text        not null,
  envelope    bytea       not null, -- sealed
  message     bytea       not null, -- sealed
  verdict     text
);

create index inbound_due on delivery.inbound (due_at) where due_at is not null;
alter table delivery.inbound alter column message set storage external;
