-- A breach of the books stops what is bought, until a person says so.
alter table supplier_pauses drop constraint supplier_pauses_cause_check;
alter table supplier_pauses add constraint supplier_pauses_cause_check
  check (cause in ('float', 'configuration', 'staff', 'books'));
