-- Campaigns by people whose role reaches some lists alone: the audience stays within these, whoever sends it, and whoever reaches all of these sees the campaign.

alter table campaign add column within_lists bigint[];   -- null: all contacts
