-- What is written, what was frozen and sent, and what people did with it.

create table template (
  template_id bigint      not null default nextval('id_seq') primary key,
  name        text        not null,
  subject     text        not null,
  html        text        not null,
  text        text        not null,
  created_at  timestamptz not null,
  updated_at  timestamptz not null
);

create unique index template_name on template (lower(name));

create table campaign (
  campaign_id  bigint      not null default nextval('id_seq') primary key,
  name         text        not null,
  subject      text        not null,
  from_name    text        not null,
  from_address text        not null,
  reply_to     text        not null,
  html         text        not null,
  text         text        not null,             -- empty: made out of the HTML
  segment_id   bigint,                           -- null: everyone
  state        text        not null default 'draft',
  revision_id  bigint,                           -- what is being or was sent; null while a draft
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  started_at   timestamptz,                      -- when somebody said: send
  finished_at  timestamptz,
  check (state in ('draft', 'preparing', 'sending', 'paused', 'sent', 'cancelled'))
);

-- Campaigns whose mail still moves, or whose end has not reached the ledger yet.
create index campaign_moving on campaign (campaign_id) where state <> 'draft' and finished_at is null;

-- Content that mail was made of. It never changes and never goes, for links in old mail point to it.
create table content_revision (
  revision_id  bigint      not null default nextval('id_seq') primary key,
  campaign_id  bigint      not null,
  number       integer     not null,
  subject      text        not null,
  from_name    text        not null,
  from_address text        not null,
  reply_to     text        not null,
  html         text        not null,
  text         text        not null,             -- the author's, or what was made out of the HTML then
  frozen_at    timestamptz not null,
  unique (campaign_id, number)
);

-- Where the tracked links of a revision lead. A target is a template of its own: only what follows its host may come from the contact.
create table link (
  revision_id bigint   not null references content_revision,
  number      smallint not null,                 -- from 1, in order of the document; rides in the tokens
  target      text     not null,
  primary key (revision_id, number)
);

-- An audience on its way into the ledger, page by page.
create table send_job (
  campaign_id bigint      not null primary key references campaign,
  after_id    bigint      not null default 0,    -- the last contact of the last page that was handed over
  handed_over bigint      not null default 0,
  lease_until timestamptz not null,              -- until then one worker has it
  attempts    integer     not null default 0,    -- since the last page that went well
  last_fault  text
);

-- What people did, as it arrives: rows and no index, so that taking one costs next to nothing. Soon moved to response.
create table response_inbox (
  recipient_id bigint      not null,
  campaign_id  bigint      not null,
  at           timestamptz not null,
  kind         smallint    not null,             -- 1 opened, 2 clicked, 3 unsubscribed, 4 complained
  link         smallint    not null,             -- which, for a click; else 0
  agent        smallint    not null              -- 1 a person, 2 a machine that looks at mail for one
);

-- Every opening, click, unsubscribing and complaint, once. No address of the net, no name of the program: what was read from them is the agent.
create table response (
  recipient_id bigint      not null,
  campaign_id  bigint      not null,
  at           timestamptz not null,
  kind         smallint    not null,
  link         smallint    not null,
  agent        smallint    not null
);

create index response_recipient on response (recipient_id);

-- The first of its kind for each recipient; for clicks, of each link and (link 0) of any. It is what makes a unique opening unique.
create table response_first (
  recipient_id bigint      not null,
  kind         smallint    not null,
  link         smallint    not null,
  agent        smallint    not null,
  campaign_id  bigint      not null,
  at           timestamptz not null,
  primary key (recipient_id, kind, link, agent)
);

-- Sums for figures and charts that move while people look at them.
create table response_tally (
  campaign_id bigint      not null,
  kind        smallint    not null,
  link        smallint    not null,              -- 0: all
  agent       smallint    not null,
  minute      timestamptz not null,
  total       bigint      not null,
  recipients  bigint      not null,              -- for whom it was the first
  primary key (campaign_id, kind, link, agent, minute)
) with (fillfactor = 70);
