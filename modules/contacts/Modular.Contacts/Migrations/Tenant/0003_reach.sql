-- Imports by people whose role reaches some lists alone: only contacts on these are changed, and whoever reaches all of these sees the import.

alter table import_job add column within_lists bigint[];   -- null: all contacts
