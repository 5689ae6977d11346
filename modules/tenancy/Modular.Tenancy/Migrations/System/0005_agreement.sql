-- What each person accepts before working on, and the proof that they did.

create table tenancy.agreement (
  version      int         primary key,
  text         text        not null,   -- never changed: another text is another version
  published_at timestamptz not null
);

-- Who accepted which words, when and from where.
create table tenancy.agreement_acceptance (
  acceptance_id bigint      primary key,
  user_id       bigint      not null references tenancy.user_account on delete cascade,
  version       int         not null references tenancy.agreement,
  text_hash     bytea       not null,   -- SHA-256 of the words that were shown
  accepted_at   timestamptz not null,
  network       text        not null,
  agent_sealed  bytea       not null,   -- what the browser called itself; purpose tenancy.agreement.agent, bound to acceptance_id
  unique (user_id, version)
);

create sequence tenancy.acceptance_id_seq as bigint owned by tenancy.agreement_acceptance.acceptance_id;

insert into tenancy.agreement (version, text, published_at) values (1, $text$
Using this installation

1. What it is for
This installation sends e-mail on behalf of the organisation that invited you, to people who agreed to receive it. Use it for that alone.

2. Whose data it holds
The contacts, their addresses and everything known about them belong to your organisation and to the people themselves. See and use only what your work needs. Do not take data out of the suite unless that is your work.

3. Whom you may write to
Write only to people who asked for it or whom the law lets you write to. Whoever unsubscribes, complains or objects is not written to again. The suppression list is not to be got around.

4. Your account
Your account is yours alone. Keep your password and your second factor to yourself, and tell whoever runs this installation when you think that somebody else knows them.

5. What is recorded
Sign-ins, exports, sendings and changes of settings are recorded with your name, the time and your network address, so that your organisation can show what happened to its data.

6. When it ends
Your organisation or whoever runs this installation may end your access at any time. What you did stays on record as long as the law asks for it.

7. No warranty
The software comes as it is. As far as the law allows, nobody who wrote it or runs it here is liable for damage that its use causes.
$text$, now());

update tenancy.agreement set text = btrim(text, E'\n');
