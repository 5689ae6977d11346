-- One run for each campaign that was handed over. What was never tried yet is found by the cursor: ids are drawn under this row's lock, so whatever
-- is queued later has a higher id than everything queued before.
create table campaign_run (
  campaign_id bigint      not null primary key,
  state       smallint    not null default 0,  -- 0 filling, 1 running, 2 paused, 3 cancelled, 4 finished
  first_id    bigint      not null default 0,  -- of its deliveries
  last_id     bigint      not null default 0,
  cursor_id   bigint      not null default 0,  -- the last one that was claimed for its first attempt
  started_at  timestamptz,
  finished_at timestamptz,
  claimed_at  timestamptz,                     -- whoever waits longest is claimed from first
  rate        real        not null default 0,  -- messages a second, of late
  sampled_at  timestamptz,
  sampled     bigint      not null default 0
) with (fillfactor = 50);

-- The ledger: one row for each recipient. A mail that is delivered at once changes its row once, and no indexed column with it, so that the change
-- stays in its page (HOT) and a campaign of a million costs per message what one of ten thousand does. Hence:
--   * there is no column that says "claimed": an open row (state 0 or 3) that is not due and lies at or below the cursor is claimed by someone;
--   * due_at is null on every row that waits for its first attempt; only what has to be tried again gets one;
--   * what went wrong has an index of its own, over a column that stays null for what went right.
create table delivery (
  recipient_id bigint      not null default nextval('id_seq') primary key,
  campaign_id  bigint      not null,
  contact_id   bigint      not null,
  email_index  uuid        not null,
  queued_at    timestamptz not null,
  changed_at   timestamptz,
  due_at       timestamptz,
  state        smallint    not null,           -- as DeliveryState; 1 is never stored
  attempts     smallint    not null default 0,
  ambiguous    smallint    not null default 0, -- how often the connection was lost behind the final dot
  complained   boolean     not null default false,
  duration_ms  integer,                        -- of the last attempt
  domain       text        not null,
  status       text,                           -- enhanced status, as in 5.1.1
  server       text,                           -- who spoke last
  reason       text,                           -- its words, or ours; never an address
  test_to      bytea,                          -- a test mail's own address, sealed; null on a campaign's recipients
  fault        smallint    generated always as (case when state in (3, 4, 5, 6, 7) then state end) stored
) with (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.1);

-- Also finds what a contact was sent.
create unique index delivery_once on delivery (contact_id, campaign_id) where test_to is null;
create index delivery_due on delivery (campaign_id, due_at) where due_at is not null;
create index delivery_test_due on delivery (due_at) where due_at is not null and test_to is not null;
create index delivery_fault on delivery (campaign_id, fault, recipient_id) where fault is not null;

-- What happened to a recipient's mail, except the last delivery, which its row tells itself.
create table delivery_event (
  event_id     bigint      not null default nextval('id_seq') primary key,
  recipient_id bigint      not null,
  kind         smallint    not null, -- as DeliveryEventKind
  at           timestamptz not null,
  duration_ms  integer     not null default 0,
  server       text,
  status       text,
  words        text                  -- never an address
);

create index delivery_event_of on delivery_event (recipient_id, at);

-- Live sums, changed in the transaction that changes a state. Each writer has a slot, so that writers do not wait for each other; only the sum over
-- the slots means something. Beside the states: 8 complaints, 9 ambiguous.
create table tally (
  campaign_id bigint   not null,
  state       smallint not null,
  slot        smallint not null,
  n           bigint   not null,
  primary key (campaign_id, state, slot)
) with (fillfactor = 10, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

-- A process that sends for this tenant. Its id is the fence: once the row is gone, nothing more is written in its name.
create table sender_lease (
  lease_id   bigint      not null default nextval('id_seq') primary key,
  holder     text        not null,  -- machine and process, so that a restart frees its own at once
  expires_at timestamptz not null,
  in_flight  bigint[]    not null   -- recipients whose final dot may have been sent and whose outcome is not known
) with (fillfactor = 10);

-- What a process has taken out of the queue, a batch in a row.
create table claim (
  claim_id      bigint   not null default nextval('id_seq') primary key,
  lease_id      bigint   not null,
  recipient_ids bigint[] not null
);

create index claim_lease on claim (lease_id);

-- Mail that came to the gateway for this tenant: acknowledged only once it is here.
create table inbound (
  inbound_id   bigint      not null primary key,
  received_at  timestamptz not null,
  due_at       timestamptz,          -- null once it is read
  attempts     smallint    not null default 0,
  kind         text        not null, -- which of our addresses it came to
  recipient_id bigint,               -- from that address's signature
  envelope     bytea       not null, -- sealed: client, envelope sender
  message      bytea       not null, -- sealed
  trust        text,                 -- why its sender may speak about this recipient; never an address
  verdict      text,
  digest       bytea                 -- of recipient and message: the same report twice counts once
);

create index inbound_due on inbound (due_at) where due_at is not null;
create index inbound_digest on inbound (digest) where digest is not null;
alter table inbound alter column message set storage external;

create table sending_domain (
  domain     text        not null primary key,
  created_at timestamptz not null
);

-- All of a domain's keys sign, in the order of their ids.
create table sending_domain_key (
  key_id      bigint      not null default nextval('id_seq') primary key,
  domain      text        not null,
  selector    text        not null,
  algorithm   text        not null, -- rsa-sha256, ed25519-sha256
  record      text        not null, -- what DNS has to say
  private_key bytea       not null, -- PEM, sealed under key_id
  created_at  timestamptz not null,
  unique (domain, selector)
);
